# 窗口之外的文字（简体中文）：托盘与通知。
# 配额种类、级别、时间与错误码使用界面自己的文字（src-ui/src/locales）。

tray-used = { $kind }：已用 { $used } / { $limit }
tray-left = { $kind }：剩余 { $left } / { $limit }
tray-level = { $numbers } · { $level }
tray-age = { $age }更新
tray-kept = { $cause } · { $age }的数据
tray-reading = 正在读取配额…
tray-none = 此账号没有配额
tray-signed-out = 尚未登录
tray-open = 打开 Flowmeter
tray-refresh = 刷新
tray-quit = 退出
tray-tooltip = Flowmeter

told-share = { $kind }已用 { $share } %
told-used-up = { $kind }已用完
told-raised = { $kind }的上限已提高
told-reset = { $kind }已重新计数
told-numbers = 已用 { $used } / { $limit }，剩余 { $left }
