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
account-remove-body = You are signed out here, and the history of this account on this device is deleted. The account itself stays.
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

clear-title = Clear history
clear-hint = Deletes the recorded days of this account. The quotas themselves stay.
clear-button = Clear…
clear-ask = Clear the history of this account?
clear-ask-hint = It cannot be read from the server again. You can undo it for a few minutes.
clear-keep = Keep
clear-yes = Clear history
clear-done = The history is cleared
clear-done-hint = Changed your mind? It can be brought back for a few minutes.
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
prompt-full = { $most } runs are under way. Stop one, or wait for one to end.

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
