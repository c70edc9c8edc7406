"""Help: the texts next to the steps, and the topics of the help page."""

from typing import NamedTuple


class Topic(NamedTuple):
    """One section of the help page."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


STEPS: dict[str, tuple[Topic, ...]] = {
    "model": (
        Topic(
            "model",
            "What belongs here",
            (
                "The facts that find the model again, what it is for, and how bad a wrong answer could be. Everything"
                " but the card’s name can wait.",
            ),
        ),
        Topic(
            "drafts",
            "Leave it and come back",
            (
                "Every change is saved as a draft on the server. You can close the tab and continue on any machine: the"
                " list of cards has your drafts under Unfinished.",
                "The line below the form says when it was saved, or why not.",
            ),
        ),
        Topic("keyboard", "Keyboard", ("Alt S saves, Alt 1 to 5 goes to a step, N to the next gap or comment.",)),
    ),
    "training": (
        Topic(
            "registry",
            "Filled from a training job",
            (
                "Container, metrics, hyperparameters and datasets of the job fill fields that are empty. Your own"
                " metrics and parameters have fields of their own.",
            ),
        ),
        Topic(
            "objective",
            "Direction and metric",
            (
                "They tell a comparison of two versions whether a higher number is better. If they are not given, the"
                " metric’s name decides.",
            ),
        ),
        Topic(
            "drafts",
            "Values from a log",
            ("Numbers may be written as 0.873, 1e-4 or −3. Rows that are left empty are dropped.",),
        ),
    ),
    "evaluation": (
        Topic(
            "reports",
            "Reports it can read",
            (
                "Clarify bias, explainability and foundation models; Model Monitor; SageMaker’s own metric schema;"
                " scikit-learn, MLflow, fairlearn, Evidently, XGBoost and Keras; lm-evaluation-harness, lighteval,"
                " HELM, Inspect, MTEB, BigCode, fmeval and Hugging Face; and metrics of a script as JSON or CSV.",
            ),
        ),
        Topic(
            "bias",
            "Reading a bias chart",
            (
                "Bars start at 0, where both groups are treated alike. The shaded band is ±0.1. Bars outside it are"
                " orange and their label is bold. The band is a reading aid, not a legal threshold.",
            ),
        ),
    ),
    "ethics": (
        Topic(
            "ethics",
            "Who could be harmed",
            (
                "Name the groups, what was measured for them, and what was decided. “None” is an answer only when"
                " the groups were examined.",
            ),
        ),
        Topic(
            "custom",
            "Custom details",
            (
                "A key begins with a letter or an underscore. SageMaker’s own list had “Line of business” here"
                " before it became a field.",
            ),
        ),
    ),
    "review": (
        Topic(
            "review",
            "What happens now",
            (
                "Saving makes a version that never changes. Later edits make new versions; the history keeps who,"
                " when and what.",
            ),
        ),
    ),
}

FILLED = Topic(
    "registry",
    "Filled from the registry",
    (
        "Fields say where their text came from: the registry, the card inside the package, or, carried over, the card"
        " of an earlier version. You may correct all of them.",
        "Carried-over text was written for another version. Read it once before you keep it.",
    ),
)
"""The help next to the first step when a model was chosen."""

TOPICS: tuple[Topic, ...] = (
    Topic(
        "cards",
        "Finding cards",
        (
            "The search covers names, text, numbers and tags. A search word matches the beginnings of words, and parts"
            " of names. A number is found as it is stored and as pages round it. Without a hit, the search tries words"
            " that differ by a letter or two, and says so.",
            "The numbers above the list are links: each shows the cards it counts. A tag filter is key=value; the key"
            " alone finds any value.",
            "The address of the page has filters, order and columns, so you can share a list. Save view gives the"
            " address a name, for you alone. Keep these for me, under Columns, keeps the columns for your next visit.",
        ),
    ),
    Topic(
        "bulk",
        "Several cards at once",
        (
            "Select cards, or the whole list, and choose an action. The next page lists the cards, and those that are"
            " left out with the reason; so does the bar, for up to 25 cards. Nothing changes before you confirm. One"
            " action has at most 500 cards.",
            "An approval counts for the content that the page showed. A card that changes before you confirm is left"
            " out. Export prints one card after another; you can leave the page and come back to it for a day.",
        ),
    ),
    Topic(
        "model",
        "Model and intended use",
        (
            "A model has one card. A model name that another card uses is refused, with a link to that card.",
            "The name of the card is part of its address and its ARN, so it cannot change after the first save.",
        ),
    ),
    Topic(
        "registry",
        "Models, packages and jobs",
        (
            "The registry holds what code registered through SageMaker’s API: CreateModel, CreateModelPackageGroup and"
            " CreateModelPackage, CreateTrainingJob, CreateProcessingJob. boto3, the AWS CLI and SageMaker’s SDKs do so"
            " when their endpoint is this server; cardwright training-job record, or Session.record_training_job, keeps"
            " a run from elsewhere. Nothing is trained or served here.",
            "A card begins with what is known of its model. A field that was filled in says so; what you write over it"
            " shows as changed by you, and can be put back. Fields that you wrote before are never touched.",
            "A card of a model package takes business details, intended use, ethics and caveats from the card of an"
            " earlier version of its group, whole sections, where it has none. Read carried-over text before you keep"
            " it: it was written for another version.",
            "A package’s evaluation reports are read from the object store that the server is configured with. One that"
            " cannot be read is named, and the rest is filled in.",
            "A model, and a version of a package, has one card. What has one is shown with it and cannot be chosen.",
        ),
    ),
    Topic(
        "risk",
        "Risk rating",
        (
            "High: affects people’s rights, money, health or work, and a wrong answer is hard to undo. Medium:"
            " affects people,"
            " but a person checks it or it can be undone in time. Low: internal or easily corrected, no decision"
            " about a"
            " person. Unknown: not judged yet. When in doubt, choose the higher one.",
        ),
    ),
    Topic(
        "objective",
        "Objective function",
        ("What training maximizes or minimizes, and in which metric. Comparisons read here what is better.",),
    ),
    Topic(
        "reports",
        "Evaluation reports",
        (
            "A report is a JSON or CSV file of at most 50 MB. The format is detected automatically, or you choose"
            " it. You see the result, and everything that was left out, before the card is saved.",
            "Metrics can also be entered by hand: numbers, words, true and false.",
        ),
    ),
    Topic(
        "ethics",
        "Ethics and caveats",
        ("Who could be harmed, how that was weighed, and what users must know before they rely on the model.",),
    ),
    Topic(
        "status",
        "Statuses",
        (
            "Draft: being written. Pending review: waiting for a reviewer. Approved: a reviewer is responsible for it."
            " Archived: kept for the record, closed to edits until it leaves the archive. A change of content makes"
            " a new"
            " version; a change of status does not.",
        ),
    ),
    Topic(
        "reviews",
        "Reviews",
        (
            "An author asks people or groups to review a card. Reviews lists what waits for you, most urgent first, and"
            " the queue shows one card after another.",
            "A decision is about exactly the content that you read. New content ends the review, and a decision about"
            " the old content is not recorded.",
            "Send back needs a comment, which the author reads in the form. The card cannot be approved until you"
            " approve it, take the decision back, or an approver dismisses it with a reason.",
            "Every field of a card has a form for comments. Open comments are next to their fields, also in the form"
            " of the author. A reply or Resolve ends the question; a resolved thread can be opened again.",
            "Ending an approval requires a comment: in a change of status, a withdrawal or an undo.",
            "Keys: Q starts or leaves the queue, J and K go to the next and the previous card, O opens it. A and S move"
            " to Approve and Send back, and Enter decides.",
        ),
    ),
    Topic(
        "findings",
        "Findings, evidence and waivers",
        (
            "A finding names what is wrong with a card, or what limits it. It stays with the card through all versions"
            " until a person closes it. The list has the most severe findings first.",
            "The note of a failed check has a button that opens a finding. A check has one open finding on a card.",
            "Owners of a critical or high finding cannot close it or lower its severity; another person does. To close"
            " a finding, write a resolution.",
            "Evidence is any file of at most 50 MB. It is kept under its SHA-256 and cannot be changed. Your browser"
            " downloads it and never shows it.",
            "A waiver accepts a finding or a failed check until a date. It has a reason, and a second person grants it."
            " After its end the finding is open again and the check fails again.",
        ),
    ),
    Topic(
        "policies",
        "Review policies",
        (
            "A policy says who approves a card, which checks must pass, and when it is reviewed again. Of several"
            " policies the most specific one applies. Where one applies, Approved comes from a review alone.",
            "The page of a version shows its rules in words and as the file, with the same numbers, and the cards that"
            " would fail if it were active. Activating a policy ends no approval.",
            "Administrators store, activate and deactivate policies. A stored version never changes: a change gets a"
            " new number.",
        ),
    ),
    Topic(
        "exports",
        "Exports",
        (
            "The menu of a card prints one version at once. An export to the object store is done by a worker, and its"
            " file stays there; the same version in the same status gives the same bytes each time. An approved version"
            " names the people who approved it, so a later review of the same content changes the file. So does a"
            " limitation that is opened or closed.",
            "A bucket belongs to the first account that exports to it: others can neither write nor read there. The"
            " operator of the server can move it.",
        ),
    ),
    Topic(
        "compare",
        "Comparing",
        (
            "Any two versions of any two cards: the largest gains and losses first, then metrics by evaluation job,"
            " texts with the changed words marked, lists and values, and charts.",
            "Evaluation jobs are paired by a remembered choice, by name, by kind and datasets, or by kind and a name"
            " that differs only in date, quarter or version. Each job says how it was paired, and Change pairs it"
            " with another one. Metrics without a pair are new or gone, never worse.",
            "Better or worse follows the objective function if it names the metric, else the metric’s name. If neither"
            " says it, the direction is unknown. Bias metrics are better the closer they are to 0. A change smaller"
            " than the deviation (±) counts as unchanged.",
        ),
    ),
    Topic(
        "import",
        "Importing",
        (
            "Files of other tools become cards: SageMaker JSON, Cardwright records, READMEs of the Hugging Face Hub and"
            " others. The page finds the format from the structure of a file; Read as chooses another one.",
            "The loss report has one line for each value of a file: kept, changed, shortened, moved to a custom detail,"
            " dropped, or inferred. Nothing is stored before the button at the end is pressed. The file itself is kept"
            " with the card, byte for byte.",
            "Where a card has the name already, create the new card under another name, add a version to the card, or"
            " skip the file.",
        ),
    ),
    Topic(
        "drafts",
        "Drafts",
        (
            "A draft begins with your first change and belongs to you alone. It survives a closed tab, another machine"
            " and a restarted server. When it is open in two windows, the second one to save sees what the first one"
            " changed.",
            "Each change is saved a second later, and when you leave the field, the step or the page. With scripts"
            " off, the buttons save.",
        ),
    ),
    Topic(
        "templates",
        "Templates",
        (
            "A card with the tag cardwright:template is a template. The value of the tag describes it. New cards can"
            " begin with its texts. The names and identifiers of its model, its training job and its evaluation are"
            " left out.",
        ),
    ),
    Topic(
        "accounts",
        "People and roles",
        (
            "Viewers read. Authors also write, send for review and archive. Approvers also approve, and change what is"
            " approved. Administrators also manage people and access keys. A change of role takes effect"
            " immediately.",
            "People may have a display name, an e-mail address and groups, which administrators set. Lists and"
            " histories show the display name, with the user name on hover.",
            "A session ends after some time without use. A form that is sent after that is not lost: sign in, and it"
            " is submitted. Your own page, under your name above, shows where you are signed in and signs you out"
            " everywhere.",
            "Approving a card or sending it back takes a comment. It is kept in the card’s history, is verified"
            " with the rest of it, and is never changed. Sending back needs one.",
        ),
    ),
    Topic(
        "audit",
        "Audit",
        (
            "The audit log lists what people and programs did: cards, also deleted ones, exports, people, access keys"
            " and buckets. Approvers and administrators see everything. Others see events of cards, and their own.",
            "Each entry of a card contains the digest of the entry before it. cardwright verify checks all of them.",
            "An export has the events that the filters select, in CSV or with one JSON object on each line.",
        ),
    ),
    Topic(
        "keyboard",
        "Keyboard",
        (
            "/ goes to the search, ? comes here. In a list, J and K go to the next and previous card, X selects it and"
            " O opens it. On a card that was opened from a list, J and K go to its neighbours.",
            "In a review, A and S move to Approve and Send back, E edits the card, and Q starts or leaves the queue. No"
            " single key decides anything.",
            "On a card, N goes to the next gap, failed check or open comment, and C comments on the field that has the"
            " focus or is in view. In the form, Alt S saves, Alt 1 to 5 goes to a step, and N goes to the next gap or"
            " open comment. Escape closes a menu or an empty comment, and leaves the comment of the queue. Ctrl+Enter"
            " sends a comment, or the card back after S. Everything else is reached with Tab and pressed"
            " with Enter or Space.",
            "Shortcuts do nothing while a field has the focus. You can switch all of them off in your settings.",
        ),
    ),
    Topic(
        "settings",
        "Settings",
        (
            "Keyboard shortcuts are on or off for you, in all your browsers.",
            "Administrators choose whether texts of cards are plain text or Markdown in the whole account. A card whose"
            " form says otherwise keeps its own format. Stored texts never change.",
        ),
    ),
)
