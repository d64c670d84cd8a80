# What a person reads, in English. One message for each text, code, kind and level.
# A code has a title and, as `.next`, what to do about it.

app-name = Flowmeter
try-again = Try again
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

not-kept-title = This session will not survive a restart
not-kept-body = { $cause }. { $next }

nav-label = Main
nav-home = Usage
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

level-normal = Fine
level-warning = Getting close
level-low = Low
level-exhausted = Used up

prompt-label = Prompt
prompt-placeholder = Ask, or describe a step…
prompt-model = Model
prompt-run = Run
prompt-stop = Stop
prompt-stopping = Stopping…
prompt-cost = uses 1 of { $left } left
prompt-cost-unknown = uses 1 run
prompt-exhausted = All { $limit } runs are used up. The server decides and may refuse.

runs-title = Runs of this launch
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
run-completed = Completed
run-cancelled = Stopped
run-incomplete = Cut short
run-failed = Failed
run-charged = charged 1 run
run-not-charged = not charged
run-charge-unknown = may have been charged
run-refused = { $used } of { $limit } LLM runs are used.
run-edit = Edit and run again
run-announce = { $outcome }, { $charge }.

code-not-signed-in = You are not signed in
    .next = Sign in and try again.
code-session-ended = Your session has ended
    .next = Sign in again to go on.
code-invalid-credentials = Email and password do not match
    .next = Check both and try again.
code-email-not-confirmed = This email address is not confirmed yet
    .next = Open the link in the confirmation mail, then sign in.
code-account-banned = This account is blocked
    .next = Ask whoever runs this project.
code-quota-exceeded = This quota is used up
    .next = Ask for a higher limit, or use something that is not used up.
code-points-exceeded = Your points are used up
    .next = Top up your points in the web product, then try again.
code-rate-limited = Too many requests at once
    .next = Wait a minute, then try again.
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
code-internal = Something went wrong in Flowmeter
    .next = Try again. If it stays, report it with the details.
