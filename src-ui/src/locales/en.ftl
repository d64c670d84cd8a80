# What a person reads, in English. One message for each text, code, kind and level.
# A code has a title and, as `.next`, what to do about it.

app-name = Flowmeter
try-again = Try again
try-again-in = Try again in { $seconds } s
copy = Copy
copied = Copied
copy-refused = The system did not take it
dismiss = Dismiss
details = Technical details

sign-in-title = Sign in
sign-in-project = to { $project }
sign-in-email = Email
sign-in-password = Password
sign-in-submit = Sign in
sign-in-busy = Signing in…
sign-in-demo-title = Demo account of the local stack
sign-in-demo-body = Already filled in, just sign in.
sign-in-privacy = Your password goes to this server only and is not stored.
sign-out = Sign out

cancel = Cancel
door-ways = How to sign in
door-code-tab = Email code
door-or = or
door-with = Continue with { $provider }
door-forgot = Forgot password?
door-back = Back to sign in
door-new-here = New here?
door-have-account = Have an account?
door-sign-up-title = Create an account
door-sign-up-submit = Create account
door-sign-up-busy = Creating the account…
door-reset-title = Reset your password
door-reset-hint = We send a code to this address if it has an account.
door-reset-submit = Set password and sign in
door-new-password = New password
door-again-title = Sign in again
door-add-title = Add an account
door-later = Not now
door-other-project = Change
door-code-hint = We send a code to this address. No password needed.
door-code-send = Send code
door-code-sending = Sending…
door-code-sent = A code is on its way to { $email }. It may take a minute; look into the spam folder, too.
door-code = Code
door-code-submit = Sign in
door-resend = Send again
door-resend-in = Send again in { $seconds } s
door-other-address = Use another address
door-browser-title = Continue in your browser
door-browser-body = Sign in with { $provider } there. This window goes on by itself.
door-browser-code = The browser does not come back? Use an email code
door-farewell-title = You can close this page
door-farewell-body = Go back to Flowmeter; it goes on by itself.
door-no-ways = This project offers no way to sign in here
door-no-ways-next = Ask whoever runs it to switch on email or a provider.
door-others = Signed in on this device
door-welcome-title = Welcome, your account is ready
door-welcome-body = These are the quotas that it starts with.
account-menu = Accounts
account-add = Add account
account-ended = Sign in again
account-remove = Remove from this device…
account-remove-title = Remove { $email }?
account-remove-body = You are signed out here, and the history, runs and flows of this account on this device are deleted. The account itself stays.
account-remove-submit = Remove
connect-title = Connect to your project
connect-body = Whoever runs the project can tell you these three.
connect-url = Project address
connect-url-hint = For example https://abcd.supabase.co
connect-url-foreign = No Supabase project answers at this address.
connect-key = Project key
connect-key-hint = The publishable or anon key; it is public.
connect-key-foreign = The project does not know this key.
connect-edge = Edge address
connect-edge-hint = Where models are run, for example https://edge.example.com
connect-edge-foreign = No edge service answers at this address.
connect-submit = Connect
connect-busy = Connecting…
connect-note = Kept in settings.json in the data folder. No password and no token is ever written there.
connect-checking = Checking…
connect-good = Reached
connect-wrong = Check this

not-kept-title = This session will not survive a restart
not-kept-body = { $cause }. { $next }

nav-label = Main
nav-home = Usage
nav-runs = Runs
nav-history = History
nav-settings = Settings

usage-title = Usage
usage-refresh = Refresh
usage-refreshing = Refreshing…
usage-updated = Updated { $age }
usage-never = Not read yet
usage-outdated = Outdated
usage-loading = Reading your quotas…
usage-kept = These numbers are from { $age } and update by themselves.
usage-failed = Your quotas could not be read.
usage-empty-title = No quotas on this account
usage-empty-body = The server counts nothing for this account. You can still run prompts.

age-now = just now
age-minutes = { $count } min ago
age-hours = { $count } h ago
age-days = { $count } d ago

quota-left = { $count } left
quota-over = { $count } over
quota-of = { $used } of { $limit } used

kind-llm-executions = LLM runs
kind-flow-generations = Flow generations
kind-app-usages = App uses
kind-image-gen-executions = Image generations

flow-run-title = Run as an app
flow-run-start = Run
flow-run-again = Run again
flow-run-text = Your text
flow-run-placeholder = What should this flow work on?
flow-run-required = Required
flow-run-choose = Choose…
flow-run-files = Files cannot be given here. The flow runs without them.
flow-run-cost = { $count ->
    [0] Costs 1 app use.
    [one] Costs 1 app use and at most 1 LLM run.
   *[other] Costs 1 app use and at most { $count } LLM runs.
}
flow-run-short = { $left ->
    [one] Only 1 LLM run is left: it may stop half-way.
   *[other] Only { $left } LLM runs are left: it may stop half-way.
}
flow-run-no-app-use = No app uses are left: the server will refuse.
flow-run-forget = New conversation
flow-run-forgotten = A new conversation begins with the next run.
flow-run-empty = The result appears here. Each step can be read on its own.
flow-run-awaited = Waiting for the steps before it…
flow-run-hindered = This flow cannot be run here
flow-run-hindered-next = Nothing was used or charged. Change the flow, or run it in the web product.
hindrance-not-run-here = “{ $node }” is a { $kind } node; these run in the web product only.
hindrance-file-needed = “{ $node }” needs a file, and files cannot be given here.
hindrance-not-before = “{ $node }” uses { $variable }, but no edge leads from there to it.
hindrance-mode-unknown = “{ $node }” has the output mode “{ $mode }”, which is not known here.
hindrance-condition-unread = The condition of “{ $node }” cannot be read. Compare texts or numbers, for example {"{{"}Label.response{"}}"}.includes("yes").
flow-run-failed-at = “{ $node }” failed. What does not depend on it went on.
flow-run-steps = Steps
flow-run-charged-app = 1 app use charged
flow-run-charged-llm = { $count ->
    [one] 1 LLM run charged
   *[other] { $count } LLM runs charged
}
flow-run-unsure-app = 1 app use may have been charged
flow-run-unsure-llm = { $count ->
    [one] 1 LLM run may have been charged
   *[other] { $count } LLM runs may have been charged
}
node-went-true = Went the way of true
node-went-false = Went the way of false
node-stopped = Stopped
node-stopped-because = Stopped, because “{ $node }” failed

level-normal = Fine
level-warning = Getting close
level-low = Low
level-exhausted = Used up

history-title = History
history-range = Days shown
history-days = { $days } days
history-form = Shown as
history-charts = Charts
history-table = Table
history-in-days = in { $days } days
history-summary = { $kind }, a bar for each of { $days } days: { $total } used in all, most on { $date }: { $most }
history-summary-none = { $kind }: nothing used in { $days } days
history-day = { $date }: { $used } used
history-day-spread = { $date }: { $used } used over { $over } days
history-today = Today
history-caption = Units used on each of the last { $days } days
history-date = Day
history-total = Total
history-unknown = not read
history-gaps = Lighter bars: nothing was read on the days before, so some of it may belong to them.
history-failed = The history could not be read.
history-loading = Reading the history…
history-empty-title = Nothing recorded yet
history-empty-body = Flowmeter notes each change of your quotas from now on, on this machine only. Run something, and today's bar appears.

export-title = Take these days with you
export-csv = CSV
export-json = JSON
export-done = Saved to { $path }
export-open = Show folder

language-name = English

settings-title = Settings
settings-looks = Appearance
settings-language = Language
settings-as-system = As the system
settings-theme = Theme

theme-light = Light
theme-dark = Dark

settings-figures = Numbers
settings-figures-hint = Which one comes first, here and in the tray.

figures-used = Used
figures-left = Left

settings-running = On this machine
settings-login = Start when I log in
settings-tray = Keep watching when the window is closed
settings-tray-hint = The icon in the tray stays; the window is freed from memory.
settings-no-tray = This desktop shows no tray right now: closing the window ends Flowmeter.
settings-pace = Read the quotas
settings-pace-hint = Also after each run, and when the window comes forward.
settings-silence = Give up on a silent answer
settings-silence-hint = The text so far is kept. A server gives up after 120 s itself and then says that nothing was charged.
settings-seconds = After { $seconds } s

pace-adaptive = As needed (2 to 30 min)
pace-every = Every { $minutes } min

settings-told = Notifications

told-enabled = Tell me before a quota hurts
told-enabled-hint = Once each time it gets worse, never again for the same.
told-denied = The system does not let Flowmeter show notifications. Allow them in the system's settings.
told-absent = Nothing on this desktop shows notifications. Flowmeter tries again with the next reading.
told-warn = First, when used
told-urgent = Again, when used
told-share = { $share } %
told-used-up = When it is used up
told-replenished = When a limit is raised or a counter starts anew

settings-account = Accounts
settings-project = Signed in to { $project }
settings-account-shown = Shown now
settings-account-show = Show
settings-account-remove = Remove…
settings-account-more = Another account
settings-account-more-hint = Each has numbers, runs and a history of its own; one is shown at a time.
settings-data = Data
settings-folder = Data folder
settings-folder-open = Open
settings-version = Version

clear-title = Clear history and runs
clear-hint = Deletes the recorded days and the kept runs of this account. The quotas themselves stay.
clear-button = Clear…
clear-ask = Clear history and runs of this account?
clear-ask-hint = They cannot be read from the server again. You can undo it for a few minutes.
clear-keep = Keep
clear-yes = Clear all
clear-done = History and runs are cleared
clear-done-hint = Changed your mind? They can be brought back for a few minutes.
clear-undo = Undo

put-aside-title = The stored data was damaged
put-aside-body = Flowmeter put it aside and began anew. It is kept at { $path }.

quota-few = Only { $count } left
quota-used = { $count } used
quota-of-left = { $left } of { $limit } left
quota-changed = { $kind }: { $numbers }

forecast-thin = Forecast in { $days ->
    [one] one day
   *[other] { $days } days
    } of use
forecast-thin-title = Too little history for a forecast yet: it takes { $days ->
    [one] one more day
   *[other] { $days } more days
    } of use.
forecast-young = Forecasts appear after { $days ->
    [one] one more day
   *[other] { $days } more days
    } of use.
forecast-quiet = Hardly used lately
forecast-today = May end today
forecast-lasts = About { $days ->
    [one] a day
   *[other] { $days } days
    } at this pace
forecast-range = At your recent pace of { $week } a week: { $soonest } to { $latest } days
forecast-range-open = At your recent pace of { $week } a week: { $soonest } days or more
forecast-plenty = Lasts over a year

works-offline = History and settings work without it; running needs the network.
works-server = It is tried again by itself; running may still work.

prompt-label = Prompt
prompt-placeholder = Ask, or describe a step…
prompt-model = Model
prompt-run = Run
prompt-cost = uses 1 of { $left } left
prompt-cost-unknown = uses 1 run
prompt-exhausted = All { $limit } runs are used up. The server decides and may refuse.
prompt-no-model = Name the model that should answer.
prompt-full = { $most } runs are under way. Stop one, or wait for one to end.

runs-title = Conversation
runs-empty-title = What would you like to run?
runs-empty-body = Pick a prompt to start from, or write your own below.
example-locking = Explain optimistic locking in two sentences, then show one SQL update.
example-names = Suggest five names for a tool that meters AI usage, one line of reasoning each.
example-retry = When is it safe to repeat a failed POST? Answer as a short checklist.

run-you = You
run-thinking = Thinking…
run-reasoning = Reasoning
run-waiting = Waiting for the first words…
run-running = Running
run-stop = Stop
run-stopping = Stopping…
run-completed = Completed
run-cancelled = Stopped
run-incomplete = Cut short
run-failed = Failed
run-charged = charged 1 run
run-not-charged = not charged
run-charge-unknown = may have been charged
run-refused = { $used } of { $limit } LLM runs are used.
run-edit = Edit and run again
run-server-says = The server says: { $words }
run-again-costs = This run may have been charged. Trying again is a new run and uses another unit.
run-check-again = Check again
run-announce = { $outcome }, { $charge }.

nav-flows = Flows
flows-title = Flows
flows-back = All flows
flows-loading = Reading your flows…
flows-empty-title = What should your first flow do?
flows-empty-body = Say it in a sentence above, start from one of these, or import a file.
flow-example-support = Read a customer's letter; if it is a complaint, draft an apology, otherwise a thank-you.
flow-example-translate = Translate a text into English and then check it for mistakes.
flow-example-digest = Summarise a long report in five points for a busy reader.
flow-untitled = Untitled flow
flow-name = Name of the flow
flow-name-take = Rename
flow-rename = Rename
flow-rename-named = Rename { $name }
flow-duplicate-named = Duplicate { $name }
flow-save-named = Save { $name } as a file
flow-delete-named = Delete { $name }
flow-copy-name = { $name } (copy)
flow-facts = { $age } · { $nodes ->
    [one] 1 node
   *[other] { $nodes } nodes
}
flow-deleted = { $name } is deleted
flow-deleted-next = It can be brought back until Flowmeter is started again.
flow-tools = Tools
flow-undo = Undo
flow-redo = Redo
flow-arrange = Arrange anew
flow-save = Save as a file
flow-form = Shown as
flow-show-picture = Picture
flow-show-json = JSON
flow-picture = Picture of the flow: { $nodes } nodes, { $edges } edges. Arrow keys follow the edges; plus, minus and 0 zoom.
flow-zoom = Zoom
flow-larger = Larger (+)
flow-smaller = Smaller (−)
flow-fit = Show all (0)
flow-true = True
flow-false = False
flow-node-spoken = { $name }, { $kind }. { $ways }
flow-node-ways = Comes from: { $before }. Leads to: { $after }.
flow-node-waiting = Waiting
flow-node-running = Running
flow-node-done = Done
flow-node-failed = Failed
flow-node-skipped = Skipped
flow-faulty = Fault
flow-added = Added
flow-changed = Changed
flow-removed = Removed
flow-details = About this node
flow-no-settings = This node has no settings.
flow-comes-from = Comes from
flow-leads-to = Leads to
flow-faults-title = { $count ->
    [one] One thing keeps this flow from working
   *[other] { $count } things keep this flow from working
}
flow-repairs-title = Imported; { $count } put right on the way
flow-repairs-which = What was put right
fault-double-node = Several nodes have the id { $id }.
fault-double-edge = Several edges have the id { $id }.
fault-dangling = The edge from { $from } to { $to } leads nowhere: one of them does not exist.
fault-circle = These nodes go round in a circle, or stand behind one: { $nodes }.
fault-no-output = No output can be reached from an input.
fault-handle = { $node } is no branch, but an edge leaves it as if it were one.
fault-no-handle = The edge from { $from } to { $to } does not say for which answer it is.
fault-variable = { $variable } in { $node } names no node.
fault-field = { $variable } in { $node } names a field that its node does not have.
repair-dangling = The edge from { $from } to { $to } was dropped: one of them does not exist.
repair-edge-id = An edge without an id is called { $id } now.
repair-edge-id-double = A second edge called { $was } is called { $id } now.
repair-placed = These nodes had no position and got one: { $nodes }.
flow-count = { $count } of { $longest } characters
flow-cost = uses 1 of { $left } flow generations
flow-cost-unknown = uses 1 flow generation
flow-exhausted = All { $limit } flow generations are used up. The server decides and may refuse.
flow-refused = { $used } of { $limit } flow generations are used.
flow-charged = 1 flow generation was charged.
flow-not-charged = Nothing was charged.
flow-charge-unknown = It may have been charged.
plan-label = What should the flow do?
plan-placeholder = Say in a sentence or two what the flow should do…
plan-send = Make a flow
plan-title = Making a flow
plan-sent = Asked for a flow
plan-thinking = Thinking… { $characters } characters so far
plan-writing = Writing: { $labels }
plan-retrying = Trying again: attempt { $attempt } with { $model }
plan-fallback = Asking another model: { $model }
plan-checked = Checked; to be put right:
plan-mended = Mended: { $what }
plan-edit = Change the sentence
plan-nothing = No flow came of this sentence
plan-nothing-next = Say more exactly what goes in and what should come out.
plan-cancelled = Stopped
plan-made = { $name } is ready
plan-made-here = The flow is ready
plan-made-left = { $left ->
    [one] 1 is left.
   *[other] { $left } are left.
}
flow-open = Show it
change-title = Change
change-label = What should change?
change-placeholder = Say what should change in this flow…
change-send = Change
change-asking = Thinking about the change…
change-take = Take
change-drop = Drop
change-before = Before:
change-after = After:
change-not-understood = The model did not understand this
change-not-understood-next = Nothing changed. Name the node and what should be different about it.
change-missing = The change is about a node that does not exist
change-missing-next = Nothing changed. Name the node as it is called on the picture.
change-none = This would change nothing
change-none-next = The flow is already as you say.
change-cancelled = Stopped
change-nothing-changed = Nothing changed.
change-broken = This change would break the flow
change-whole = Make the whole flow anew (uses 1)
import-open = Import…
import-title = Import a flow
import-body = A JSON file of the web product, or its text. It is checked first; what can be put right is put right and told.
import-pick = Choose a file…
import-paste = …or paste JSON here
import-take = Import
import-refused = This is not a flow that can be read
import-refused-next = Put that right in the text, or export the flow anew from where it was made. Nothing was taken in.
import-unread = The file cannot be read. It may have been moved, or you may not be allowed to.
field-type = Kind
field-model = Model
field-system = System prompt
field-prompt = Prompt
field-temperature = Temperature
field-inputs = Inputs
field-input = Input
field-greeting = Greeting
field-form = Form
field-text = Text
field-query = Query
field-files = Files
field-mode = Mode
field-template = Template
field-sources = Sources
field-condition = If
field-tool = Tool
field-arguments = Arguments
field-size = Size

node-input = Input
node-llm = Language model
node-rag = Document search
node-output = Output
node-branch = Branch
node-tool = Tool
node-imagegen = Image generation
answer-code = Code.
prompt-models = Models
prompt-models-recent = Recent
prompt-models-project = In this project
prompt-models-known = Suggestions
prompt-model-points = { $points } points
prompt-system = System prompt
prompt-system-hint = Instructions before everything else, for every run from now on.
prompt-options = Options
prompt-temperature = Temperature
prompt-temperature-hint = 0 is strict, 2 is free. Empty leaves it to the server.
prompt-input = Prompt is
prompt-input-text = Text
prompt-input-json = JSON
prompt-answer = Answer comes
prompt-answer-stream = As it is written
prompt-answer-whole = All at once
prompt-history = { $count ->
    [one] With 1 earlier run
   *[other] With { $count } earlier runs
}
prompt-history-cut = With the last { $count } of { $all } earlier runs
prompt-history-off = Without earlier runs
prompt-history-title = Whether the conversation so far is sent along. Press to change.
prompt-new = New conversation
prompt-aside = What you had entered here is put aside.
prompt-aside-back = Bring it back
prompt-json-early = Line { $line }, column { $column }: the JSON ends too early.
prompt-json-fault = Line { $line }, column { $column }: this is not JSON.

run-thought = Thought for { $seconds } s
run-answer = Answer
run-system = System prompt
run-first = { $seconds } s to first word
run-speed = { $count } tokens a second
run-speed-estimate = ≈ { $count } tokens a second, estimated
run-length = { $count ->
    [one] 1 character
   *[other] { $count } characters
}

kept-title = Runs
kept-search = Search runs
kept-search-hint = Words in names, prompts and answers
kept-list = Kept runs
kept-more = Show more
kept-loading = Reading the runs…
kept-failed = The runs could not be read.
kept-empty-title = Nothing was run yet
kept-empty-body = Every run is kept here with its whole text, on this machine only.
kept-empty-go = Run something
kept-none-title = Nothing found
kept-none-body = No run has all of these words.
kept-pick = Choose a run to read it.
kept-back = All runs
kept-count = { $count ->
    [one] 1 run in this conversation
   *[other] { $count } runs in this conversation
}
kept-go-on = Go on from here
kept-name = Name
kept-rename = Rename
kept-rename-save = Save name
kept-save = Save as Markdown
kept-delete = Delete
kept-deleted = The run is deleted.
kept-undo = Undo
kept-untitled = Run without a prompt

code-not-signed-in = You are not signed in
    .next = Sign in and try again.
code-session-ended = Your session has ended
    .next = Sign in again to go on.
code-invalid-credentials = Email and password do not match
    .next = Check both and try again.
code-email-not-confirmed = This email address is not confirmed yet
    .next = Enter the code from the confirmation mail, or open its link, then sign in.
code-account-banned = This account is blocked
    .next = Ask whoever runs this project.
code-code-expired = This code is wrong or no longer valid
    .next = Check the newest mail, or have another code sent.
code-account-unknown = There is no account for this address
    .next = Check the address, or create an account.
code-account-exists = There is already an account for this address
    .next = Sign in instead, or reset its password.
code-sign-up-disabled = This project takes no new accounts
    .next = Ask whoever runs it for an invitation.
code-way-in-disabled = This way of signing in is switched off
    .next = Choose another way to sign in.
code-email-refused = The server does not accept this email address
    .next = Check its spelling, or use another address.
code-mail-limited = A mail was sent only a moment ago
    .next = Look for it, also among the spam. Another can be sent soon.
code-weak-password = This password is too weak
    .next = Choose a longer one, with letters, digits and symbols.
code-password-too-short = This password is too short
    .next = Choose a longer one.
code-password-too-simple = This password is too simple
    .next = Mix small and capital letters, digits and symbols.
code-password-leaked = This password is known from a data leak
    .next = Choose one that you use nowhere else.
code-same-password = This is already your password
    .next = Choose a different one.
code-captcha-required = This project asks for a captcha
    .next = Sign in on its web page, or ask whoever runs it.
code-sign-in-cancelled = The sign-in was cancelled at the provider
    .next = Try again, or choose another way to sign in.
code-sign-in-expired = This browser sign-in is no longer valid
    .next = Start it again.
code-key-refused = The project does not accept this key
    .next = Copy the publishable or anon key from the project's settings.
code-not-secure = No secure connection to the server
    .next = Check the address and this computer's clock. Nothing was sent.
code-quota-exceeded = This quota is used up
    .next = Ask for a higher limit, or use something that is not used up.
code-points-exceeded = Your points are used up
    .next = Top up your points in the web product, then try again.
code-rate-limited = Too many requests at once
    .next = Wait a little, then try again.
code-too-many-runs = Eight runs are under way already
    .next = Stop one, or wait for one to end, then try again.
code-not-allowed = This account may not do that
    .next = Ask whoever runs this project for access.
code-unreachable = The server cannot be reached
    .next = Check your network.
code-timed-out = The server did not answer in time
    .next = Try again in a moment.
code-server-failed = The server has a problem
    .next = Try again in a few minutes.
code-unexpected-answer = That answer did not come from the server
    .next = A network sign-in page may be in between. Open a browser and check.
code-address-invalid = This is not an address
    .next = An address looks like https://abcd.supabase.co.
code-address-insecure = This address is not secure
    .next = Use https. Plain http is accepted for this machine only.
code-browser-failed = The browser could not be opened
    .next = Sign in with a code by email instead.
code-invalid-input = The server did not accept this request
    .next = Change the prompt or the model, then try again.
code-execution-failed = The model could not answer
    .next = Try again, or choose another model.
code-interrupted = The answer was cut off
    .next = What came is kept. Run it again for a whole answer.
code-conflict = Something else changed the same data
    .next = Try again.
code-duplicate-request = This request was made before
    .next = Look at the earlier run. To run it again, start a new one.
code-not-found = This no longer exists
    .next = Refresh, then try again.
code-keychain-absent = This system has no keychain
    .next = Install GNOME Keyring or KWallet to stay signed in.
code-keychain-locked = The keychain is locked
    .next = Unlock it, then sign in again to stay signed in.
code-keychain-refused = The keychain refused access
    .next = Allow Flowmeter in the system's keychain settings.
code-keychain-too-large = The session is too long for the keychain
    .next = Sign in again after a restart, and tell whoever runs this project.
code-invalid-settings = A setting is missing or wrong
    .next = Correct the setting named in the details, then start Flowmeter again.
code-store-failed = Local data could not be read or written
    .next = Check free disk space and the rights of the data folder.
code-store-newer = The data on this machine is from a newer Flowmeter
    .next = Update Flowmeter. Nothing was changed.
code-internal = Something went wrong in Flowmeter
    .next = Try again. If it stays, report it with the details.
