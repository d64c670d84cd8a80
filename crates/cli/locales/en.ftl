# What the command line says, in English.
# Kinds, levels, ages and codes are the page's own (src-ui/src/locales). The JSON form has no words.

reading = { $email } at { $project }, read { $age }
reading-outdated = { $email } at { $project }, read { $age }, outdated
reading-why = { $reading } ({ $cause })
left = { $count } left
lasts = about { $days } d at your recent pace
lasts-range = about { $days } d at your recent pace ({ $soonest } to { $latest })
lasts-or-longer = about { $days } d at your recent pace, or longer
plenty = more than a year at your recent pace

fault = { $title } ({ $details })
fault-signed-out = { $title }; sign in in the app
fault-unreachable = { $title }; nothing is stored to show instead
fault-nothing-stored = There is no reading yet; ask once while online
key-store-silent = The key store does not answer: the app may ask to sign in again
no-project = FLOWMETER_SUPABASE_URL is not set: which project?
no-key = { $name } is not set: the service role's key of { $project }

help = What is left of a Flowmeter account
help-quota = Show what is left. Ends with 0 fine, 10 low, 11 used up, 12 signed out, 13 unreachable
help-quota-json = Write JSON (docs/command-line.md); with --watch one line a reading
help-quota-offline = Ask nobody: show the last reading that was stored
help-quota-watch = Go on showing, with this many seconds in between; at least 10
help-quota-kind = Look at this kind only, also for the exit code; may be given several times
help-admin = Show and change a person's quota as an administrator, with the key in SUPABASE_SERVICE_ROLE_KEY
help-admin-project = The project, such as https://abcd.supabase.co
help-admin-show = Show a person's numbers
help-admin-show-user = The person's id, as Supabase's list of users shows it
help-admin-reset = Set counters of a person to 0
help-admin-reset-user = The person's id, as Supabase's list of users shows it
help-admin-reset-kind = Which counters; may be given several times
help-admin-reset-all = All of them
help-admin-limit = Set limits of a person, such as llm_executions=200; those not named stay
help-admin-limit-user = The person's id, as Supabase's list of users shows it
help-admin-limit-limits = Kind and limit
