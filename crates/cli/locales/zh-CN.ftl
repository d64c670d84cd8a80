# 命令行的文字（简体中文）。
# 配额种类、级别、时间与错误码使用界面自己的文字（src-ui/src/locales）。JSON 形式不含文字。

reading = { $email }（{ $project }），{ $age }读取
reading-outdated = { $email }（{ $project }），{ $age }读取，已过时
reading-why = { $reading }（{ $cause }）
left = 剩余 { $count }
lasts = 按近期用量约可用 { $days } 天
lasts-range = 按近期用量约可用 { $days } 天（{ $soonest } 至 { $latest }）
lasts-or-longer = 按近期用量约可用 { $days } 天或更久
plenty = 按近期用量可用一年以上

fault = { $title }（{ $details }）
fault-signed-out = { $title }，请在应用中登录
fault-unreachable = { $title }，也没有已保存的读数
fault-nothing-stored = 尚无读数，请在联网时查询一次
key-store-silent = 密钥串没有响应，应用可能会要求重新登录
no-project = 未设置 FLOWMETER_SUPABASE_URL：是哪个项目？
no-key = 未设置 { $name }：{ $project } 的 service role 密钥

help = 查看 Flowmeter 账号的剩余配额
help-quota = 显示剩余。退出码：0 充足，10 即将用完，11 已用完，12 未登录，13 无法连接
help-quota-json = 输出 JSON（docs/command-line.md）；与 --watch 同用时每次读数一行
help-quota-offline = 不联网：显示已保存的最近一次读数
help-quota-watch = 持续显示，间隔为此秒数，至少 10
help-quota-kind = 只看此种配额（退出码也是），可多次给出
help-admin = 以管理员身份查看和修改某人的配额，密钥取自 SUPABASE_SERVICE_ROLE_KEY
help-admin-project = 项目，例如 https://abcd.supabase.co
help-admin-show = 显示某人的数字
help-admin-show-user = 用户 id，见 Supabase 的用户列表
help-admin-reset = 将某人的计数清零
help-admin-reset-user = 用户 id，见 Supabase 的用户列表
help-admin-reset-kind = 哪些计数，可多次给出
help-admin-reset-all = 全部
help-admin-limit = 设置某人的上限，例如 llm_executions=200；未给出的不变
help-admin-limit-user = 用户 id，见 Supabase 的用户列表
help-admin-limit-limits = 配额种类与上限
