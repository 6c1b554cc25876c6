// Live ipywidgets: the official packages, joined to Python in the worker.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import * as output from "@jupyter-widgets/output";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { OutputArea } from "./outputs.js";

const spoken = (markup) => {
  const holder = document.createElement("template");
  holder.innerHTML = markup ?? "";
  return holder.content.textContent.trim().replace(/:$/, "");
};

class OutputView extends output.OutputView {
  initialize(parameters) {
    super.initialize(parameters);
    this.area = new OutputArea(this.el, this.model.widget_manager.renderer);
    this.listenTo(this.model, "change:outputs", () => this.area.replace(this.model.get("outputs")));
  }

  render() {
    super.render();
    this.el.classList.add("live-output-widget");
    return this.area.replace(this.model.get("outputs") ?? []);
  }
}

class OutputModel extends output.OutputModel {
  defaults() {
    return { ...super.defaults(), msg_id: "", outputs: [] };
  }
}

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  "@jupyter-widgets/output": { ...output, OutputModel, OutputView },
};

class Comm {
  constructor(manager, target, id) {
    this.manager = manager;
    this.target_name = target;
    this.comm_id = id;
    this.waiting = [];
  }

  on_msg(callback) {
    this.received = callback;
    for (const message of this.waiting.splice(0)) callback(message);
  }

  // A model is made in several turns of the event loop; what arrives meanwhile waits for it.
  deliver(message) {
    if (this.received) this.received(message);
    else this.waiting.push(message);
  }

  on_close(callback) {
    this.closed = callback;
  }

  open(data, callbacks, metadata, buffers) {
    return this.manager.post("comm_open", this, { data, target_name: this.target_name }, callbacks, metadata, buffers);
  }

  send(data, callbacks, metadata, buffers) {
    return this.manager.post("comm_msg", this, { data }, callbacks, metadata, buffers);
  }

  close(data, callbacks, metadata, buffers) {
    return this.manager.post("comm_close", this, { data: data ?? {} }, callbacks, metadata, buffers);
  }
}

/** Gives the parts of a control that ipywidgets leaves nameless their accessible names. */
function nameParts(view) {
  const name = spoken(view.model.get("description")) || spoken(view.model.get("description_tooltip")) || "Value";
  const handles = view.el.querySelectorAll(".noUi-handle");
  handles.forEach((handle, i) => {
    const part = handles.length > 1 ? `${name}, ${i === 0 ? "from" : "to"}` : name;
    handle.setAttribute("aria-label", part);
  });
  for (const readout of view.el.querySelectorAll(".widget-readout[contenteditable]")) {
    // ipywidgets lets one type over the name of an option, and then does nothing with it.
    if (view.model.get("_options_labels")) {
      readout.removeAttribute("contenteditable");
      continue;
    }
    readout.setAttribute("role", "textbox");
    readout.setAttribute("aria-label", `${name}, type a value`);
  }
  for (const field of view.el.querySelectorAll("input, select, textarea")) {
    if (!field.labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", name);
  }
}

const kept = new WeakSet();

/**
 * Lets a message be read out when it changes: what replaces the message takes its role along, and an element that comes
 * with its text is often not read. So the role goes to the element around it, which stays.
 */
function keepStatus(view) {
  const around = view.el.querySelector(":scope > .widget-html-content");
  if (!around || kept.has(around)) return;
  kept.add(around);
  const take = () => {
    const said = around.querySelector(":scope > [role=status]");
    if (!said) return;
    around.setAttribute("role", "status");
    said.removeAttribute("role");
  };
  take();
  // An observer is called before anybody can see the change: at no moment is there a message within a message.
  new MutationObserver(take).observe(around, { childList: true });
}

/** Says a slider's value as its readout shows it: with its unit, or the name of the chosen option. */
function sayValue(view) {
  const readout = view.el.querySelector(".widget-readout");
  const handles = view.el.querySelectorAll(".noUi-handle");
  if (!readout?.textContent || !handles.length) return;
  const texts = handles.length > 1 ? readout.textContent.split(/\s+[–-]\s+/) : [readout.textContent];
  handles.forEach((handle, i) => texts[i] && handle.setAttribute("aria-valuetext", texts[i]));
}

const SILENT = { iopub: {} };

class Manager extends ManagerBase {
  constructor(send, renderer) {
    super();
    this.sendToPython = send;
    this.renderer = renderer;
    this.comms = new Map();
    this.awaited = new Map();
  }

  post(type, comm, content, callbacks, metadata, buffers) {
    const id = base.uuid();
    if (callbacks?.iopub?.status) this.awaited.set(id, callbacks);
    const message = {
      header: { msg_id: id, msg_type: type },
      content: { ...content, comm_id: comm.comm_id },
      metadata: metadata ?? {},
    };
    this.sendToPython(message, buffers);
    return id;
  }

  idle(id) {
    const callbacks = this.awaited.get(id) ?? SILENT;
    this.awaited.delete(id);
    callbacks.iopub.status?.({ content: { execution_state: "idle" } });
  }

  receive({ type, content, metadata, parent }, buffers) {
    const message = {
      header: { msg_type: type },
      parent_header: { msg_id: parent },
      content,
      metadata,
      buffers: buffers.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    };
    const known = this.comms.get(content.comm_id);
    if (type === "comm_open") {
      const comm = new Comm(this, content.target_name, content.comm_id);
      this.comms.set(comm.comm_id, comm);
      return this.handle_comm_open(comm, message);
    }
    if (type === "comm_close") {
      this.comms.delete(content.comm_id);
      return known?.closed?.(message);
    }
    return known?.deliver(message);
  }

  async _create_comm(target, id, data, metadata, buffers) {
    const comm = new Comm(this, target, id ?? base.uuid());
    this.comms.set(comm.comm_id, comm);
    if (data) comm.open(data, undefined, metadata, buffers);
    return comm;
  }

  async _get_comm_info() {
    return {};
  }

  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`The widget ${name} of ${module} is not part of this page.`);
    return found;
  }

  async create_view(model, options) {
    const view = await super.create_view(model, options);
    const name = () => {
      nameParts(view);
      sayValue(view);
      keepStatus(view);
    };
    name();
    // The view changes its elements in the same turn of the event loop; names are given after that.
    view.listenTo(model, "change", () => setTimeout(name));
    view.displayed?.then(name);
    return view;
  }
}

/** The widgets of one running Python. `send(message, buffers)` takes a message to it. */
export class Widgets {
  constructor(send) {
    this.manager = new Manager(send, this);
  }

  receive(message, buffers) {
    return this.manager.receive(message, buffers);
  }

  idle(id) {
    this.manager.idle(id);
  }

  /** An element with a new view of a model. */
  async show(id) {
    const holder = document.createElement("div");
    holder.className = "output live-widget jupyter-widgets-view";
    const view = await this.manager.create_view(await this.manager.get_model(id));
    const widget = view.luminoWidget;
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeAttach);
    holder.append(widget.node);
    holder.addEventListener(
      "live:placed",
      () => {
        MessageLoop.sendMessage(widget, Widget.Msg.AfterAttach);
        nameParts(view);
      },
      { once: true },
    );
    holder.addEventListener("live:removed", () => view.remove(), { once: true });
    return holder;
  }

  /** Shows that nobody answers any more. */
  disconnect() {
    this.manager.disconnect();
    for (const holder of document.querySelectorAll(".live-widget")) holder.inert = true;
  }
}
