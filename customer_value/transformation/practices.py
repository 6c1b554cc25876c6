"""The statements of the self-assessment: 24 practices in five pillars, each with what a 1, a 3 and a 5 look like.

The pillars and practices are those of this workbook. The anchors describe behaviour that a colleague could see, so that
two people who give a 3 mean the same.
"""

from typing import NamedTuple

PILLARS = (
    "vision",
    "data",
    "digital",
    "structure and incentives",
    "people and collaboration",
)
"""The five pillars, in the order of the assessment."""

LOWEST, HIGHEST = 1, 5


class Practice(NamedTuple):
    """One statement to be scored from 1 to 5."""

    id: str
    pillar: str
    statement: str
    one: str
    """What a score of 1 looks like."""
    three: str
    """What a score of 3 looks like."""
    five: str
    """What a score of 5 looks like."""


PRACTICES: tuple[Practice, ...] = (
    Practice(
        "mission",
        "vision",
        "The value of customers stands in our mission and decides cases.",
        "The mission speaks of products, growth or the market leader.",
        "Customers stand in the mission; nobody can name a decision that it changed.",
        "Last quarter a profitable plan was changed or dropped with this reason in the minutes.",
    ),
    Practice(
        "easy-for-employees",
        "vision",
        "We make it easy for employees to make it easy for customers.",
        "Who helps a customer breaks a rule or fills in three forms.",
        "Some teams have removed their worst obstacles; others wait for a project.",
        "Obstacles are reported, owned and removed within weeks, and the list is public inside the firm.",
    ),
    Practice(
        "creating-value",
        "vision",
        "We plan to create value for customers rather than to sell.",
        "Plans hold units and revenue by product.",
        "Plans also hold customer numbers and retention, in an annex.",
        "Plans start from which customers gain what, and revenue follows from it.",
    ),
    Practice(
        "lean-workflows",
        "vision",
        "Workflows hold only steps that customers or the law need.",
        "Nobody has drawn how an order, a return or a complaint runs through the firm.",
        "The main workflows are drawn; steps without use are known and still there.",
        "Each main workflow is timed from the customer's side and loses steps every year.",
    ),
    Practice(
        "collect-needed",
        "data",
        "We collect the customer data that decisions need, and no more.",
        "We store what systems happen to leave behind.",
        "There is a list of data with a use for each; much is stored without one.",
        "Each field has a decision, an owner, a legal basis and a day on which it is deleted.",
    ),
    Practice(
        "know-customers",
        "data",
        "We know who our customers are across shops, devices and departments.",
        "One person is several records; nobody knows how many customers there are.",
        "Most purchases belong to a known customer; service and web are separate files.",
        "One record for each customer holds purchases, returns, contacts and consent.",
    ),
    Practice(
        "access",
        "data",
        "Whoever deals with a customer sees what we know of this customer.",
        "Staff ask the customer what happened last time.",
        "They can look it up, in several systems and not while the customer waits.",
        "History and open matters are on one screen before the conversation starts.",
    ),
    Practice(
        "focus-by-value",
        "data",
        "Effort goes to customers by what they will be worth.",
        "All customers are treated alike, or the loudest first.",
        "Customers are ranked by last year's revenue, and marketing uses it.",
        "Expected value net of returns and service decides offers, service levels and stock.",
    ),
    Practice(
        "anticipate",
        "data",
        "We act on needs before the customer has to ask.",
        "We react to complaints.",
        "Some signals, such as a late parcel, start a message.",
        "Signals of need or leaving start an action, and a group held out shows what it brings.",
    ),
    Practice(
        "training",
        "data",
        "People are trained to use customer data in their work.",
        "Reports come from a few analysts, weeks after the question.",
        "Managers have had a course; few use it in their week.",
        "Teams answer their own everyday questions and know when to ask an analyst.",
    ),
    Practice(
        "analytics-used",
        "data",
        "Our customer system and our analyses change what we do.",
        "The customer system is a list of addresses.",
        "Dashboards are read; decisions that they changed are hard to name.",
        "Each regular analysis belongs to a decision, and unused ones are stopped.",
    ),
    Practice(
        "feedback",
        "data",
        "What customers tell us comes back to those who can mend it.",
        "A yearly survey ends in a presentation.",
        "Feedback reaches the departments; nobody follows what becomes of it.",
        "The team concerned sees it within days, answers the customer and shows what changed.",
    ),
    Practice(
        "remove-pains",
        "digital",
        "We find the customers' main pains and remove them.",
        "Digital projects come from the list of the IT department.",
        "Pains are known from surveys; projects are chosen by other reasons.",
        "The three worst pains are measured, owned and first in the queue.",
    ),
    Practice(
        "real-time-support",
        "digital",
        "Customers get help at the moment they need it.",
        "A form, and an answer within days.",
        "Phone and chat in office hours; each starts from the beginning.",
        "Help in the channel where the problem is, at once, and handed over without repeating.",
    ),
    Practice(
        "listening",
        "digital",
        "We listen where customers talk, not only where we ask.",
        "We read surveys that we have sent.",
        "Reviews and calls are read when something has gone wrong.",
        "Calls, chats, searches and reviews are read every week and become a ranked list of causes.",
    ),
    Practice(
        "shared-data",
        "digital",
        "Shared data and interfaces let us build a new service quickly.",
        "Each new service needs a project to connect the systems.",
        "The main systems are connected; a new use takes months.",
        "A team builds and tests a new service in weeks from data that already stand ready.",
    ),
    Practice(
        "around-needs",
        "structure and incentives",
        "Teams are cut by customers' needs rather than by products.",
        "Departments are products or channels, and customers pass between them.",
        "Projects across departments exist beside the line.",
        "Teams own a customer need from start to end, with a budget.",
    ),
    Practice(
        "one-umbrella",
        "structure and incentives",
        "Marketing, sales and service have one head and one aim.",
        "Three heads with three targets that work against each other.",
        "They meet and share reports; targets are still their own.",
        "One person answers for the customer's whole course, with one set of measures.",
    ),
    Practice(
        "reward-value",
        "structure and incentives",
        "Pay rewards value and relationships rather than sales.",
        "Variable pay is a share of gross sales or of contacts closed.",
        "Returns are taken off, or satisfaction is added as a small part.",
        "Pay follows what customers are worth later, and gaming it has been looked for.",
    ),
    Practice(
        "priority-to-contact",
        "structure and incentives",
        "Teams in touch with customers come first when means are shared out.",
        "Their requests wait behind those of head office.",
        "They are heard when budgets are made.",
        "Their requests have a fixed share of capacity and a day by which they are answered.",
    ),
    Practice(
        "freedom",
        "people and collaboration",
        "Employees may go out of their way for a customer.",
        "Every exception needs a signature.",
        "Small exceptions are allowed; few know the limit.",
        "Everyone knows the sum they may spend on a customer, uses it and tells why.",
    ),
    Practice(
        "soft-skills",
        "people and collaboration",
        "We hire and train for listening, clear words and care.",
        "We hire for product knowledge and train on systems.",
        "There is a course; hiring and promotion ignore it.",
        "It is part of hiring, of training on the job and of promotion.",
    ),
    Practice(
        "tools",
        "people and collaboration",
        "People have the tools to solve a customer's problem at once.",
        "They pass the problem on and hear no more of it.",
        "They solve usual cases; the rest goes round the departments.",
        "They solve most cases alone and see the rest through to the end.",
    ),
    Practice(
        "data-for-everyone",
        "people and collaboration",
        "Everybody sees how customers fare, in words they understand.",
        "Customer figures stay with management.",
        "They are in the intranet for those who look.",
        "Every team knows its few customer figures and talks about them each month.",
    ),
)
"""The statements, pillar by pillar."""
