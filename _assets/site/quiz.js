// Checks quiz answers in the page and keeps them in this browser.
(() => {
  const PREFIX = "customer-value-workbook:quiz:";

  // Storage can be switched off; the quiz then works without a memory.
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* no memory */ } };

  for (const quiz of document.querySelectorAll(".quiz")) {
    const questions = [...quiz.querySelectorAll(".quiz-question")];
    const score = quiz.querySelector(".quiz-score");
    const answers = new Map();
    quiz.classList.add("quiz-live");

    const showScore = () => {
      const right = questions.filter((q) => answers.get(q) === q.dataset.right).length;
      score.textContent = answers.size ? `${right} of ${questions.length} right, ${questions.length - answers.size} open.` : "";
    };

    for (const question of questions) {
      const key = PREFIX + quiz.dataset.quiz + ":" + question.dataset.key;
      const feedback = question.querySelector(".quiz-feedback");
      const reasons = [...question.querySelectorAll(".quiz-why")];
      const check = document.createElement("button");
      check.type = "submit";
      check.className = "quiz-check";
      check.textContent = "Check";
      feedback.before(check);

      const show = (choice) => {
        const right = choice === question.dataset.right;
        question.dataset.state = right ? "right" : "wrong";
        feedback.replaceChildren(...reasons[choice].cloneNode(true).childNodes);
        answers.set(question, choice);
        const detail = { key: question.dataset.key, right };
        question.dispatchEvent(new CustomEvent("quiz:answered", { bubbles: true, detail }));
        showScore();
      };

      question.addEventListener("submit", (event) => {
        event.preventDefault();
        const chosen = question.querySelector("input:checked");
        if (!chosen) {
          feedback.textContent = "Choose an answer first.";
          return;
        }
        show(chosen.value);
        remember(key, chosen.value);
      });

      // A new choice is not yet an answer: the old verdict must not stand beside it.
      question.addEventListener("change", () => {
        delete question.dataset.state;
        feedback.replaceChildren();
      });

      const before = remembered(key);
      if (before !== null && reasons[before]) {
        question.querySelector(`input[value="${before}"]`).checked = true;
        show(before);
      }
    }
  }
})();
