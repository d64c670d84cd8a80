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
    .next = 请打开验证邮件中的链接，然后登录。
code-account-banned = 此账号已被停用
    .next = 请联系项目管理员。
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
