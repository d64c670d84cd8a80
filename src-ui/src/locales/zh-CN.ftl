# 界面文字（简体中文）。每条文字、错误码、配额种类与级别各一条消息。
# 错误码有标题，`.next` 说明下一步该做什么。

app-name = Flowmeter
try-again = 重试
dismiss = 关闭
details = 技术细节

sign-in-title = 登录
sign-in-project = 到 { $project }
sign-in-email = 邮箱
sign-in-password = 密码
sign-in-submit = 登录
sign-in-busy = 正在登录…
sign-in-demo-title = 本地环境的演示账号
sign-in-demo-body = 已为你填好，直接登录即可。
sign-in-privacy = 密码只发送给该服务器，不会被保存。
sign-out = 退出登录

not-kept-title = 重启后需要重新登录
not-kept-body = { $cause }。{ $next }

nav-label = 主导航
nav-home = 用量
nav-history = 历史
nav-settings = 设置

usage-title = 用量
usage-refresh = 刷新
usage-refreshing = 正在刷新…
usage-updated = { $age }更新
usage-never = 尚未读取
usage-outdated = 已过时
usage-loading = 正在读取配额…
usage-kept = 当前为{ $age }的数据，会自动更新。
usage-failed = 无法读取配额。
usage-empty-title = 此账号没有配额
usage-empty-body = 服务器没有为此账号计数，你仍然可以运行。

age-now = 刚刚
age-minutes = { $count } 分钟前
age-hours = { $count } 小时前
age-days = { $count } 天前

quota-left = 剩余 { $count } 次
quota-over = 超出 { $count } 次
quota-of = 已用 { $used } / { $limit }

kind-llm-executions = LLM 执行
kind-flow-generations = Flow 生成
kind-app-usages = App 使用
kind-image-gen-executions = 图片生成

level-normal = 充足
level-warning = 偏高
level-low = 即将用完
level-exhausted = 已用完

history-title = 历史
history-range = 显示天数
history-days = { $days } 天
history-form = 显示方式
history-charts = 图表
history-table = 表格
history-in-days = 近 { $days } 天
history-summary = { $kind }，{ $days } 天每日柱状图：共 { $total } 次，最多为 { $date }，{ $most } 次
history-summary-none = { $kind }：{ $days } 天内没有使用
history-day = { $date }：{ $used } 次
history-day-spread = { $date }：{ $over } 天内共 { $used } 次
history-today = 今天
history-caption = 近 { $days } 天每天使用的次数
history-date = 日期
history-total = 合计
history-unknown = 未读取
history-gaps = 浅色柱：此前几天没有读数，其中一部分可能属于那些天。
history-failed = 无法读取历史。
history-loading = 正在读取历史…
history-empty-title = 还没有记录
history-empty-body = Flowmeter 会从现在起在本机记录配额的每次变化。运行一次，今天的柱就会出现。

export-title = 导出这些天
export-csv = CSV
export-json = JSON
export-done = 已保存到 { $path }
export-open = 打开文件夹

language-name = 简体中文

settings-title = 设置
settings-looks = 外观
settings-language = 语言
settings-as-system = 跟随系统
settings-theme = 主题

theme-light = 浅色
theme-dark = 深色

settings-figures = 数字
settings-figures-hint = 在此处与托盘中优先显示哪个数字。

figures-used = 已用
figures-left = 剩余

settings-running = 在本机
settings-login = 登录系统时启动
settings-tray = 关闭窗口后继续运行
settings-tray-hint = 托盘图标会保留，窗口占用的内存会释放。
settings-no-tray = 当前桌面没有托盘：关闭窗口会退出 Flowmeter。
settings-pace = 读取配额
settings-pace-hint = 每次运行后以及窗口回到前台时也会读取。

pace-adaptive = 按需（2 至 30 分钟）
pace-every = 每 { $minutes } 分钟

settings-told = 通知

told-enabled = 配额紧张前通知我
told-enabled-hint = 每次变差时通知一次，不会重复。
told-denied = 系统不允许 Flowmeter 显示通知，请在系统设置中允许。
told-absent = 当前桌面没有通知服务，Flowmeter 会在下次读取时重试。
told-warn = 首次通知：已用
told-urgent = 再次通知：已用
told-share = { $share } %
told-used-up = 用完时
told-replenished = 上限提高或重新计数时

settings-account = 账号
settings-project = 已登录到 { $project }
settings-account-shown = 当前显示
settings-account-more = 更多账号
settings-account-more-hint = 在侧栏底部添加、切换或移除账号。
settings-data = 数据
settings-folder = 数据文件夹
settings-folder-open = 打开
settings-version = 版本

clear-title = 清除历史
clear-hint = 删除此账号已记录的日期，配额本身不受影响。
clear-button = 清除…
clear-ask = 清除此账号的历史？
clear-ask-hint = 无法从服务器重新获取，几分钟内可以撤销。
clear-keep = 保留
clear-yes = 清除历史
clear-done = 历史已清除
clear-done-hint = 改变主意了？几分钟内可以恢复。
clear-undo = 撤销

put-aside-title = 本地数据已损坏
put-aside-body = Flowmeter 已将其另存并重新开始，文件保存在 { $path }。

quota-few = 仅剩 { $count } 次
quota-used = 已用 { $count } 次
quota-of-left = 剩余 { $left } / { $limit }
quota-changed = { $kind }：{ $numbers }

forecast-thin = { $days } 天后可预测
forecast-thin-title = 历史太少，暂无预测；使用 { $days } 天后即可显示。
forecast-quiet = 近期很少使用
forecast-today = 今天可能用完
forecast-lasts = 约可用 { $days } 天
forecast-range = 按近期每周 { $week } 次：{ $soonest } 至 { $latest } 天
forecast-range-open = 按近期每周 { $week } 次：{ $soonest } 天以上
forecast-plenty = 可用一年以上

works-offline = 历史与设置仍可使用，运行需要网络。
works-server = 会自动重试，运行可能仍可用。

prompt-label = 提示词
prompt-placeholder = 输入问题或描述一个步骤…
prompt-model = 模型
prompt-run = 运行
prompt-stop = 停止
prompt-stopping = 正在停止…
prompt-cost = 将使用 1 次 · 剩余 { $left } 次
prompt-cost-unknown = 将使用 1 次
prompt-exhausted = { $limit } 次已全部用完。由服务器决定，可能会被拒绝。

runs-title = 本次启动以来的运行
runs-empty-title = 想运行点什么？
runs-empty-body = 选一个示例开始，或在下方输入自己的内容。
example-locking = 用两句话解释乐观锁，再给出一条 SQL 更新语句。
example-names = 为一个统计 AI 用量的工具起五个名字，每个用一句话说明理由。
example-retry = 失败的 POST 什么时候可以安全重试？请用简短清单回答。

run-you = 你
run-thinking = 正在思考…
run-reasoning = 思考过程
run-waiting = 等待首字…
run-running = 运行中
run-completed = 已完成
run-cancelled = 已停止
run-incomplete = 未完整
run-failed = 失败
run-charged = 已计 1 次
run-not-charged = 未计次
run-charge-unknown = 可能已计次
run-refused = LLM 执行已用 { $used } / { $limit } 次。
run-edit = 修改后再次运行
run-announce = { $outcome }，{ $charge }。

code-not-signed-in = 尚未登录
    .next = 请登录后重试。
code-session-ended = 登录已失效
    .next = 请重新登录。
code-invalid-credentials = 邮箱与密码不匹配
    .next = 请检查后重试。
code-email-not-confirmed = 邮箱尚未验证
    .next = 请输入验证邮件中的验证码或打开其中的链接，然后登录。
code-account-banned = 此账号已被停用
    .next = 请联系项目管理员。
code-code-expired = 验证码有误或已失效
    .next = 请查看最新的邮件，或重新发送验证码。
code-account-unknown = 此邮箱没有对应的账号
    .next = 请检查邮箱，或创建账号。
code-account-exists = 此邮箱已有账号
    .next = 请直接登录，或重置密码。
code-sign-up-disabled = 此项目不接受新账号
    .next = 请向项目管理员申请邀请。
code-way-in-disabled = 此登录方式未启用
    .next = 请选择其他登录方式。
code-email-refused = 服务器不接受此邮箱
    .next = 请检查拼写，或换一个邮箱。
code-mail-limited = 刚刚已发送过邮件
    .next = 请查收邮件（包括垃圾邮件），稍后可再次发送。
code-weak-password = 密码强度不足
    .next = 请使用更长且包含字母、数字和符号的密码。
code-password-too-short = 密码太短
    .next = 请使用更长的密码。
code-password-too-simple = 密码过于简单
    .next = 请混合使用大小写字母、数字和符号。
code-password-leaked = 此密码曾在数据泄露中出现
    .next = 请使用从未在别处用过的密码。
code-same-password = 新密码与原密码相同
    .next = 请换一个不同的密码。
code-captcha-required = 此项目要求人机验证
    .next = 请在其网页上登录，或联系项目管理员。
code-sign-in-cancelled = 已在登录提供方取消登录
    .next = 请重试，或选择其他登录方式。
code-sign-in-expired = 此次浏览器登录已失效
    .next = 请重新开始登录。
code-key-refused = 项目不接受此密钥
    .next = 请从项目设置中复制 publishable 或 anon 密钥。
code-not-secure = 无法与服务器建立安全连接
    .next = 请检查地址与本机时间。未发送任何内容。
code-quota-exceeded = 此项配额已用完
    .next = 请申请提高上限，或使用其他仍有余量的功能。
code-points-exceeded = 积分已用完
    .next = 请在网页版充值后重试。
code-rate-limited = 请求过于频繁
    .next = 请等待一分钟后重试。
code-not-allowed = 此账号无权执行该操作
    .next = 请向项目管理员申请权限。
code-unreachable = 无法连接服务器
    .next = 请检查网络连接。
code-timed-out = 服务器响应超时
    .next = 请稍后重试。
code-server-failed = 服务器出现问题
    .next = 请几分钟后重试。
code-unexpected-answer = 收到的回应并非来自服务器
    .next = 可能有网络登录页拦截，请打开浏览器检查。
code-invalid-input = 服务器不接受该请求
    .next = 请修改提示词或模型后重试。
code-execution-failed = 模型未能回答
    .next = 请重试，或换一个模型。
code-interrupted = 回答被中断
    .next = 已收到的内容会保留，可再次运行以获得完整回答。
code-conflict = 数据同时被其他操作修改
    .next = 请重试。
code-duplicate-request = 该请求此前已提交
    .next = 请查看之前的运行；如需再次运行，请新建一次。
code-not-found = 内容已不存在
    .next = 请刷新后重试。
code-keychain-absent = 系统没有密钥串
    .next = 请安装 GNOME Keyring 或 KWallet 等密钥服务以保持登录。
code-keychain-locked = 密钥串已锁定
    .next = 请解锁后重新登录以保持登录。
code-keychain-refused = 密钥串拒绝访问
    .next = 请在系统的密钥串设置中允许 Flowmeter。
code-keychain-too-large = 会话过长，无法存入密钥串
    .next = 重启后请重新登录，并告知项目管理员。
code-invalid-settings = 某项设置缺失或有误
    .next = 请改正细节中指出的设置，然后重新启动 Flowmeter。
code-store-failed = 无法读写本地数据
    .next = 请检查磁盘空间与数据文件夹的权限。
code-internal = Flowmeter 出现内部问题
    .next = 请重试。若仍出现，请附上技术细节反馈。
