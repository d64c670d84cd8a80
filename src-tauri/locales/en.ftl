# What a person reads outside the window, in English: the tray and the notifications.
# Kinds, levels, ages and codes are the page's own (src-ui/src/locales).

tray-used = { $kind }: { $used } of { $limit } used
tray-left = { $kind }: { $left } of { $limit } left
tray-level = { $numbers } · { $level }
tray-age = Updated { $age }
tray-kept = { $cause } · numbers from { $age }
tray-reading = Reading your quotas…
tray-none = No quotas on this account
tray-signed-out = Not signed in
tray-open = Open Flowmeter
tray-refresh = Refresh
tray-quit = Quit
tray-tooltip = Flowmeter

told-share = { $kind } at { $share } %
told-used-up = { $kind } used up
told-raised = More { $kind } for you
told-reset = { $kind } start anew
told-numbers = { $used } of { $limit } used, { $left } left
