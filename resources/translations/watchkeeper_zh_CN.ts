<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutSection</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Keeps watch over all your accounts. Free software under the MIT licence.</source>
        <translation>监视您的所有账户。以 MIT 许可证发布的自由软件。</translation>
    </message>
    <message>
        <source>What changed…</source>
        <translation>更新内容…</translation>
    </message>
    <message>
        <source>Licence…</source>
        <translation>许可证…</translation>
    </message>
    <message>
        <source>Licences of libraries…</source>
        <translation>第三方库许可证…</translation>
    </message>
    <message>
        <source>Look now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>打开其页面</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>更新内容</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Everything in this package</source>
        <translation>此安装包中的全部内容</translation>
    </message>
    <message>
        <source>Licences of libraries</source>
        <translation>第三方库许可证</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>{version} is there</source>
        <translation>有 {version} 版</translation>
    </message>
    <message>
        <source>{name} keeps this installation up to date; nothing is looked for here.</source>
        <translation>此安装由 {name} 负责更新；此处不检查更新。</translation>
    </message>
    <message>
        <source>This build has no address at which newer versions are told.</source>
        <translation>此版本没有用于获知新版本的地址。</translation>
    </message>
    <message>
        <source>It needs a newer version of the system than this one.</source>
        <translation>它需要比当前更新的系统版本。</translation>
    </message>
    <message>
        <source>Released {time}. Update it the way you installed it.</source>
        <translation>发布于 {time}。请按原安装方式更新。</translation>
    </message>
    <message>
        <source>Nothing was looked for yet.</source>
        <translation>尚未检查。</translation>
    </message>
    <message>
        <source>This is the newest version; looked at {time}.</source>
        <translation>已是最新版本；检查于 {time}。</translation>
    </message>
    <message>
        <source>Nothing is known: {reason}</source>
        <translation>无法得知：{reason}</translation>
    </message>
</context>
<context>
    <name>AboutSettings</name>
    <message>
        <source>Newer versions</source>
        <translation>新版本</translation>
    </message>
    <message>
        <source>The master asks for one signed file; nothing about you or this computer is sent, and nothing is downloaded by itself.</source>
        <translation>主控只获取一个已签名的文件；不会发送您或这台电脑的任何信息，也不会自动下载任何内容。</translation>
    </message>
    <message>
        <source>Look for newer versions</source>
        <translation>检查新版本</translation>
    </message>
    <message>
        <source>Not decided: no</source>
        <translation>尚未决定：不检查</translation>
    </message>
    <message>
        <source>Once a day</source>
        <translation>每天一次</translation>
    </message>
    <message>
        <source>Never by itself</source>
        <translation>从不自动检查</translation>
    </message>
    <message>
        <source>Address of the signed file</source>
        <translation>已签名文件的地址</translation>
    </message>
    <message>
        <source>that of the project</source>
        <translation>本项目的地址</translation>
    </message>
    <message>
        <source>It counts only with the project&apos;s signature.</source>
        <translation>只有带本项目签名的内容才有效。</translation>
    </message>
</context>
<context>
    <name>AccountActions</name>
    <message>
        <source>History…</source>
        <translation>历史…</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Sign out…</source>
        <translation>退出登录…</translation>
    </message>
    <message numerus="yes">
        <source>Edit %n account(s)…</source>
        <translation>
            <numerusform>编辑 %n 个账户…</numerusform>
        </translation>
    </message>
    <message>
        <source>Move to group</source>
        <translation>移至分组</translation>
    </message>
    <message>
        <source>Pause until</source>
        <translation>暂停至</translation>
    </message>
    <message>
        <source>Snooze notifications</source>
        <translation>稍后提醒</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{name} is signed in</source>
        <translation>{name} 已登录</translation>
    </message>
    <message>
        <source>Sign out of {name}?</source>
        <translation>退出 {name} 的登录？</translation>
    </message>
    <message>
        <source>Checks stop, and the stored credentials are erased. Items and settings stay.</source>
        <translation>检查将停止，已保存的凭据将被删除。条目和设置会保留。</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Signed out of {name}</source>
        <translation>已退出 {name}</translation>
    </message>
    <message>
        <source>It is paused. Edit it, sign in, then resume it.</source>
        <translation>它处于暂停状态。请编辑、登录，然后恢复。</translation>
    </message>
    <message>
        <source>{name} was made</source>
        <translation>已创建 {name}</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) changed</source>
        <translation>
            <numerusform>已更改 %n 个账户</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) moved</source>
        <translation>
            <numerusform>已移动 %n 个账户</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) paused</source>
        <translation>
            <numerusform>已暂停 %n 个账户</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) resumed</source>
        <translation>
            <numerusform>已恢复 %n 个账户</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) snoozed</source>
        <translation>
            <numerusform>%n 个账户已设为稍后提醒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) deleted</source>
        <translation>
            <numerusform>已删除 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>For 30 seconds this can be undone.</source>
        <translation>30 秒内可以撤销。</translation>
    </message>
    <message>
        <source>Export accounts</source>
        <translation>导出账户</translation>
    </message>
    <message>
        <source>The accounts could not be exported</source>
        <translation>无法导出账户</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>已导出</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be moved</source>
        <translation>
            <numerusform>%n 个账户无法移动</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be restored</source>
        <translation>
            <numerusform>%n 个账户无法恢复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n 个账户无法暂停</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be changed</source>
        <translation>
            <numerusform>%n 个账户无法更改</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n 个账户无法恢复检查</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountDialog</name>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>What do you want to watch?</source>
        <translation>您想监视什么？</translation>
    </message>
    <message>
        <source>No platform is known yet. The list comes from the workers; try again in a moment.</source>
        <translation>尚无可用平台。列表由工作进程提供，请稍后再试。</translation>
    </message>
    <message>
        <source>No worker knows the platform {platform}; only the common settings can be changed.</source>
        <translation>没有工作进程支持平台 {platform}，只能更改通用设置。</translation>
    </message>
    <message>
        <source>Add account: {platform}</source>
        <translation>添加账户：{platform}</translation>
    </message>
    <message>
        <source>Add anyway</source>
        <translation>仍然添加</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写此项。</translation>
    </message>
</context>
<context>
    <name>AccountFacts</name>
    <message>
        <source>A sign-in is under way</source>
        <translation>正在登录</translation>
    </message>
    <message>
        <source>The credentials have ended {time}</source>
        <translation>凭据已于 {time} 失效</translation>
    </message>
    <message>
        <source>Sign in again within {span}</source>
        <translation>请在 {span} 内重新登录</translation>
    </message>
    <message>
        <source>The credentials last {span}</source>
        <translation>凭据还有 {span} 有效</translation>
    </message>
    <message>
        <source>Credentials last used {age} ago</source>
        <translation>凭据上次使用于 {age}前</translation>
    </message>
    <message>
        <source>The certificate of {name} has ended</source>
        <translation>{name} 的证书已到期</translation>
    </message>
    <message>
        <source>The certificate of {name} ends in {span}</source>
        <translation>{name} 的证书将在 {span} 后到期</translation>
    </message>
    <message>
        <source>Every {span}</source>
        <translation>每 {span}</translation>
    </message>
    <message>
        <source>Every {least} to {most}</source>
        <translation>每 {least} 至 {most}</translation>
    </message>
    <message>
        <source>{words}: {reason}</source>
        <translation>{words}：{reason}</translation>
    </message>
    <message>
        <source>Through a proxy</source>
        <translation>通过代理</translation>
    </message>
    <message>
        <source>Tells only what is urgent</source>
        <translation>仅提醒紧急内容</translation>
    </message>
    <message>
        <source>Tells nothing</source>
        <translation>不提醒</translation>
    </message>
    <message>
        <source>{words} (from {group})</source>
        <translation>{words}（来自 {group}）</translation>
    </message>
</context>
<context>
    <name>AccountFields</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>How it is called here.</source>
        <translation>在此处显示的名称。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Check every</source>
        <translation>检查间隔</translation>
    </message>
    <message>
        <source>Empty: as its group, else {seconds} s.</source>
        <translation>留空：与其分组相同，否则为 {seconds} 秒。</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Or at random, up to</source>
        <translation>或随机，最长</translation>
    </message>
    <message>
        <source>As its group, else as usual</source>
        <translation>与其分组相同，否则按默认</translation>
    </message>
    <message>
        <source>Everything new</source>
        <translation>所有新内容</translation>
    </message>
    <message>
        <source>What a rule calls urgent</source>
        <translation>规则标为紧急的内容</translation>
    </message>
    <message>
        <source>Nothing: only keep it</source>
        <translation>不通知，仅保存</translation>
    </message>
    <message>
        <source>As the system plays messages</source>
        <translation>系统的消息提示音</translation>
    </message>
    <message>
        <source>As the system plays alarms</source>
        <translation>系统的警报音</translation>
    </message>
    <message>
        <source>That of its group, else none</source>
        <translation>使用其分组的代理，否则不用</translation>
    </message>
    <message>
        <source>Empty: always the same interval.</source>
        <translation>留空：间隔固定。</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Divided by commas.</source>
        <translation>用逗号分隔。</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>0 to 9; from 1 on it is taken over first, heard and seen. Empty: as its group.</source>
        <translation>0 到 9；1 及以上会优先接管，并以声音和醒目方式提示。留空：与其分组相同。</translation>
    </message>
    <message>
        <source>Tell me of</source>
        <translation>通知内容</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
</context>
<context>
    <name>AccountHelp</name>
    <message>
        <source>Open its page</source>
        <translation>打开其页面</translation>
    </message>
    <message>
        <source>Sign in without typing a secret here:</source>
        <translation>无需在此输入密码即可登录：</translation>
    </message>
    <message>
        <source>Or, where the provider signs in on a page of its own:</source>
        <translation>或者，如果服务商在自己的网页上登录：</translation>
    </message>
    <message>
        <source>Found:</source>
        <translation>找到：</translation>
    </message>
</context>
<context>
    <name>AccountHistoryDialog</name>
    <message>
        <source>History of {name}</source>
        <translation>{name} 的历史</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>For</source>
        <translation>持续</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation>24 小时</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>{span}: no check that says something</source>
        <translation>{span}：没有可供统计的检查</translation>
    </message>
    <message>
        <source>{span}: {percent} % of {count} checks succeeded</source>
        <translation>{span}：{count} 次检查中 {percent}% 成功</translation>
    </message>
    <message>
        <source> (network and rate limits aside: {count})</source>
        <translation>（不计网络和限速：{count} 次）</translation>
    </message>
</context>
<context>
    <name>AccountMenus</name>
    <message>
        <source>Groups…</source>
        <translation>分组…</translation>
    </message>
    <message>
        <source>Proxies…</source>
        <translation>代理…</translation>
    </message>
    <message>
        <source>Show by group</source>
        <translation>按分组显示</translation>
    </message>
    <message>
        <source>Import accounts…</source>
        <translation>导入账户…</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>Export feeds as OPML…</source>
        <translation>将订阅源导出为 OPML…</translation>
    </message>
    <message>
        <source>Backups and moving…</source>
        <translation>备份与迁移…</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation>分配…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>AccountMoves</name>
    <message numerus="yes">
        <source>%n account(s) moved to {worker}</source>
        <translation>
            <numerusform>已将 %n 个账户移至 {worker}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be moved</source>
        <translation>
            <numerusform>%n 个账户无法移动</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountPanel</name>
    <message>
        <source>Sign in again</source>
        <translation>重新登录</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation>分配…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Last success just now</source>
        <translation>刚刚成功</translation>
    </message>
    <message>
        <source>Last success {age} ago</source>
        <translation>上次成功：{age}前</translation>
    </message>
    <message>
        <source>On {worker}: {reason}</source>
        <translation>位于 {worker}：{reason}</translation>
    </message>
    <message>
        <source>No worker: {reason}</source>
        <translation>无工作进程：{reason}</translation>
    </message>
    <message>
        <source>In this state for {span}</source>
        <translation>处于此状态已 {span}</translation>
    </message>
    <message>
        <source>Goes on by itself {time}</source>
        <translation>将于 {time} 自动继续</translation>
    </message>
    <message>
        <source>Last success: {time}</source>
        <translation>上次成功：{time}</translation>
    </message>
    <message>
        <source>Credentials end: {time}</source>
        <translation>凭据失效：{time}</translation>
    </message>
    <message>
        <source>Credentials last used: {time}</source>
        <translation>凭据上次使用：{time}</translation>
    </message>
    <message>
        <source>Certificate of {name} ends: {time}</source>
        <translation>{name} 的证书到期：{time}</translation>
    </message>
    <message>
        <source>In this state since {time}</source>
        <translation>自 {time} 起处于此状态</translation>
    </message>
</context>
<context>
    <name>AccountRates</name>
    <message>
        <source>Success {day} in 24 h, {week} in 7 d</source>
        <translation>成功率：24 小时 {day}，7 天 {week}</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
</context>
<context>
    <name>AccountTable</name>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>succeeded</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>could not reach the server</source>
        <translation>无法连接服务器</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>no check</source>
        <translation>未检查</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
</context>
<context>
    <name>AccountTableModel</name>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Last 36 checks</source>
        <translation>最近 36 次检查</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>上次</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下次</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>No check since the master started</source>
        <translation>主控启动后尚未检查</translation>
    </message>
    <message>
        <source>No check yet</source>
        <translation>尚未检查</translation>
    </message>
    <message numerus="yes">
        <source>{percent} % of %n check(s) succeeded</source>
        <translation>
            <numerusform>%n 次检查的成功率 {percent}%</numerusform>
        </translation>
    </message>
    <message>
        <source>until {time}</source>
        <translation>至 {time}</translation>
    </message>
    <message>
        <source>retry in {span}</source>
        <translation>{span}后重试</translation>
    </message>
    <message numerus="yes">
        <source>This computer has no network: shared with %n other account(s).</source>
        <translation>
            <numerusform>本机没有网络：另有 %n 个账户受影响。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{host} is down: shared with %n other account(s).</source>
        <translation>
            <numerusform>{host} 已中断：另有 %n 个账户受影响。</numerusform>
        </translation>
    </message>
    <message>
        <source>Since {time}</source>
        <translation>自 {time} 起</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>push</source>
        <translation>推送</translation>
    </message>
    <message>
        <source>due</source>
        <translation>即将</translation>
    </message>
</context>
<context>
    <name>AccountTabs</name>
    <message>
        <source>Accounts or sign-ins</source>
        <translation>账户或登录</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Sign-ins</source>
        <translation>登录会话</translation>
    </message>
</context>
<context>
    <name>AccountVerbs</name>
    <message>
        <source>Check the chosen accounts now</source>
        <translation>立即检查所选账户</translation>
    </message>
    <message>
        <source>Edit the chosen account</source>
        <translation>编辑所选账户</translation>
    </message>
    <message>
        <source>Assign the chosen accounts</source>
        <translation>分配所选账户</translation>
    </message>
    <message>
        <source>Delete the chosen accounts</source>
        <translation>删除所选账户</translation>
    </message>
    <message>
        <source>Import accounts…</source>
        <translation>导入账户…</translation>
    </message>
    <message>
        <source>Groups…</source>
        <translation>分组…</translation>
    </message>
    <message>
        <source>Proxies…</source>
        <translation>代理…</translation>
    </message>
    <message>
        <source>Sign-ins</source>
        <translation>登录会话</translation>
    </message>
    <message>
        <source>Backups and moving…</source>
        <translation>备份与迁移…</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation>分配…</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>历史…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>AccountsPage</name>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Search accounts</source>
        <translation>搜索账户</translation>
    </message>
    <message>
        <source>Manage</source>
        <translation>管理</translation>
    </message>
    <message>
        <source>Assign…</source>
        <translation>分配…</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>No account fits this search</source>
        <translation>没有符合搜索的账户</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>No account is watched yet</source>
        <translation>尚未监视任何账户</translation>
    </message>
    <message>
        <source>Add a mailbox or a feed. New messages appear in the inbox within seconds.</source>
        <translation>添加邮箱或订阅源，新消息会在几秒内出现在收件箱中。</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {total} shown</source>
        <translation>显示 {total} 个中的 {shown} 个</translation>
    </message>
    <message>
        <source>all fine</source>
        <translation>全部正常</translation>
    </message>
    <message>
        <source>{count} fine</source>
        <translation>{count} 个正常</translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) sign-in</source>
        <translation>
            <numerusform>%n 个需要登录</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n 个无法连接</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stale</source>
        <translation>
            <numerusform>%n 个久未检查</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n 个等待首次检查</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n 个已暂停</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sign-in(s) under way</source>
        <translation>
            <numerusform>%n 个登录正在进行</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing to watch yet.</source>
        <translation>尚无可监视的内容。</translation>
    </message>
    <message>
        <source>In no group</source>
        <translation>未分组</translation>
    </message>
    <message>
        <source>Check all now</source>
        <translation>全部立即检查</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n 个账户无法检查</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountsSection</name>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>What holds for accounts and groups that have nothing of their own.</source>
        <translation>适用于没有单独设置的账户和分组。</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>A group passes on interval, proxy, quiet hours and more to its accounts.</source>
        <translation>分组会把间隔、代理、免打扰等设置传给组内账户。</translation>
    </message>
    <message>
        <source>Groups…</source>
        <translation>分组…</translation>
    </message>
</context>
<context>
    <name>AccountsSettings</name>
    <message>
        <source>Checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Check every</source>
        <translation>检查间隔</translation>
    </message>
    <message>
        <source>Accounts and groups that have an interval of their own keep it.</source>
        <translation>已单独设置间隔的账户和分组不受影响。</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>The first check of a new account tells nothing</source>
        <translation>新账户的首次检查不发通知</translation>
    </message>
    <message>
        <source>What is there already is no news.</source>
        <translation>已有的内容不算新消息。</translation>
    </message>
    <message>
        <source>Warn before a sign-in or a certificate ends</source>
        <translation>在登录或证书到期前提醒</translation>
    </message>
    <message>
        <source>0: never.</source>
        <translation>0：从不。</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>Battery</source>
        <translation>电池</translation>
    </message>
    <message>
        <source>Check more rarely to spare the battery</source>
        <translation>降低检查频率以节省电量</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>On battery, when little is left</source>
        <translation>使用电池且电量不足时</translation>
    </message>
    <message>
        <source>When the system saves power</source>
        <translation>系统处于省电模式时</translation>
    </message>
    <message>
        <source>Little is</source>
        <translation>电量不足指</translation>
    </message>
    <message>
        <source>% or less</source>
        <translation>% 或更低</translation>
    </message>
    <message>
        <source>Intervals are then longer</source>
        <translation>此时间隔延长为</translation>
    </message>
    <message>
        <source>times</source>
        <translation>倍</translation>
    </message>
</context>
<context>
    <name>AccountsTab</name>
    <message>
        <source>Accounts of this worker</source>
        <translation>此工作进程的账户</translation>
    </message>
    <message>
        <source>Open the assignments</source>
        <translation>打开分配</translation>
    </message>
    <message>
        <source>It holds no account.</source>
        <translation>它没有负责任何账户。</translation>
    </message>
</context>
<context>
    <name>AdvancedSection</name>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>The master is reached at {address} now.</source>
        <translation>主控当前地址：{address}。</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置文件夹</translation>
    </message>
    <message>
        <source>The folder with the settings of this window; that of the master is {path}.</source>
        <translation>存放本窗口设置的文件夹；主控的文件夹是 {path}。</translation>
    </message>
    <message>
        <source>The folder with the database, settings, logs and backups.</source>
        <translation>存放数据库、设置、日志和备份的文件夹。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>AdvancedSettings</name>
    <message>
        <source>Address of the master</source>
        <translation>主控地址</translation>
    </message>
    <message>
        <source>Both count from the next start. The options --port and --host, and their environment variables, win.</source>
        <translation>两项均在下次启动时生效。命令行选项 --port 和 --host 及对应环境变量优先。</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Where it is taken, the next free one is used. 0: any free one.</source>
        <translation>被占用时使用下一个空闲端口。0：任意空闲端口。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Of this machine, and of no other: nobody else reaches it.</source>
        <translation>仅限本机：其他机器无法访问。</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>How much is logged</source>
        <translation>日志详细程度</translation>
    </message>
    <message>
        <source>The master obeys at once, workers from their next start.</source>
        <translation>主控立即生效，工作进程在下次启动时生效。</translation>
    </message>
    <message>
        <source>Everything (debug)</source>
        <translation>全部（debug）</translation>
    </message>
    <message>
        <source>What happens (info)</source>
        <translation>一般信息（info）</translation>
    </message>
    <message>
        <source>What is odd (warning)</source>
        <translation>异常情况（warning）</translation>
    </message>
    <message>
        <source>What failed (error)</source>
        <translation>仅错误（error）</translation>
    </message>
    <message>
        <source>Log files together at most</source>
        <translation>日志文件总大小上限</translation>
    </message>
    <message>
        <source>The oldest goes first.</source>
        <translation>最旧的先删除。</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
</context>
<context>
    <name>AlertPanel</name>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Silence for…</source>
        <translation>静默…</translation>
    </message>
    <message>
        <source>End the silence</source>
        <translation>结束静默</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>8 hours</source>
        <translation>8 小时</translation>
    </message>
    <message>
        <source>1 week</source>
        <translation>1 周</translation>
    </message>
    <message>
        <source>since {time} ({age})</source>
        <translation>自 {time} 起（{age}）</translation>
    </message>
    <message>
        <source>over since {time}</source>
        <translation>结束于 {time}</translation>
    </message>
    <message>
        <source>acknowledged {time}</source>
        <translation>确认于 {time}</translation>
    </message>
    <message>
        <source>silenced until {time}</source>
        <translation>静默至 {time}</translation>
    </message>
    <message>
        <source>Open worker</source>
        <translation>打开工作进程</translation>
    </message>
    <message>
        <source>Open account</source>
        <translation>打开账户</translation>
    </message>
</context>
<context>
    <name>AlertTableModel</name>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>About</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>over after {span}</source>
        <translation>持续 {span} 后结束</translation>
    </message>
    <message>
        <source>silenced until {time}</source>
        <translation>静默至 {time}</translation>
    </message>
    <message>
        <source>acknowledged</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未解决</translation>
    </message>
</context>
<context>
    <name>AlertsPage</name>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Search alerts</source>
        <translation>搜索告警</translation>
    </message>
    <message>
        <source>Which alerts</source>
        <translation>显示哪些告警</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Going on</source>
        <translation>未解决</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>No alert fits this search</source>
        <translation>没有符合此搜索的告警</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Without a worker no account is checked, and nothing that goes wrong is noticed.</source>
        <translation>没有工作进程就不会检查任何账户，出了问题也不会被发现。</translation>
    </message>
    <message>
        <source>Nothing is watched</source>
        <translation>没有监视任何账户</translation>
    </message>
    <message>
        <source>Open Workers</source>
        <translation>打开工作进程</translation>
    </message>
    <message>
        <source>Nothing is wrong</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>Alerts appear here as soon as something is.</source>
        <translation>一旦出现问题，告警会立即显示在这里。</translation>
    </message>
    <message>
        <source>Show the history</source>
        <translation>显示历史</translation>
    </message>
    <message>
        <source>There has been no alert yet</source>
        <translation>还没有出现过告警</translation>
    </message>
    <message>
        <source>Show what goes on</source>
        <translation>显示正在发生的</translation>
    </message>
    <message>
        <source>Acknowledge the chosen alert</source>
        <translation>确认所选告警</translation>
    </message>
    <message>
        <source>Open what the chosen alert tells of</source>
        <translation>打开所选告警所指的内容</translation>
    </message>
    <message>
        <source>Nothing is watched: there is no worker</source>
        <translation>没有监视任何账户：没有工作进程</translation>
    </message>
    <message numerus="yes">
        <source>%n open</source>
        <translation>
            <numerusform>%n 条未解决</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not acknowledged</source>
        <translation>
            <numerusform>%n 条未确认</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n over</source>
        <translation>
            <numerusform>%n 条已结束</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s) acknowledged</source>
        <translation>
            <numerusform>已确认 %n 条告警</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s) silenced</source>
        <translation>
            <numerusform>已静音 %n 条告警</numerusform>
        </translation>
    </message>
    <message>
        <source>Silence for 1 hour</source>
        <translation>静默 1 小时</translation>
    </message>
    <message>
        <source>Silence for 8 hours</source>
        <translation>静默 8 小时</translation>
    </message>
    <message>
        <source>Silence for 1 week</source>
        <translation>静默 1 周</translation>
    </message>
    <message>
        <source>End the silence</source>
        <translation>结束静默</translation>
    </message>
</context>
<context>
    <name>AllowedInput</name>
    <message>
        <source>Only these</source>
        <translation>仅限以下</translation>
    </message>
</context>
<context>
    <name>AssignDialog</name>
    <message>
        <source>Assign {name}</source>
        <translation>分配 {name}</translation>
    </message>
    <message numerus="yes">
        <source>Assign %n accounts</source>
        <translation>
            <numerusform>分配 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>Automatic: the worker with the least load</source>
        <translation>自动：负载最低的工作进程</translation>
    </message>
    <message>
        <source>Keep it there (pinned)</source>
        <translation>固定在此处</translation>
    </message>
    <message>
        <source>Keep them there (pinned)</source>
        <translation>固定在此处</translation>
    </message>
    <message>
        <source>While that worker is away, let another one watch it</source>
        <translation>该工作进程离开期间，由其他工作进程代为监视</translation>
    </message>
    <message>
        <source>While that worker is away, let others watch them</source>
        <translation>该工作进程离开期间，由其他工作进程代为监视</translation>
    </message>
    <message>
        <source>Otherwise a pinned account waits, unwatched, until its worker is back.</source>
        <translation>否则固定的账户将暂停监视，等待其工作进程恢复。</translation>
    </message>
    <message>
        <source>Otherwise pinned accounts wait, unwatched, until their worker is back.</source>
        <translation>否则固定的账户将暂停监视，等待各自的工作进程恢复。</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Not assigned: {reason}</source>
        <translation>未分配：{reason}</translation>
    </message>
    <message>
        <source>Now on {worker}: {reason}</source>
        <translation>目前位于 {worker}：{reason}</translation>
    </message>
    <message>
        <source>{taken} of {places} places</source>
        <translation>{taken} / {places} 个名额</translation>
    </message>
    <message>
        <source>It does not run: the account would wait for it.</source>
        <translation>它未运行：账户将等待它。</translation>
    </message>
</context>
<context>
    <name>AssignmentTable</name>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AssignmentTableModel</name>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>起始</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Unassigned</source>
        <translation>未分配</translation>
    </message>
    <message>
        <source>{worker} (pinned)</source>
        <translation>{worker}（固定）</translation>
    </message>
</context>
<context>
    <name>AssignmentsView</name>
    <message>
        <source>Assignments</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Drag accounts onto a worker</source>
        <translation>将账户拖到工作进程上</translation>
    </message>
</context>
<context>
    <name>AuditTable</name>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>About</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>By</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Kind of entry</source>
        <translation>记录类型</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Show older</source>
        <translation>显示更早</translation>
    </message>
    <message>
        <source>Credentials given to a worker</source>
        <translation>凭据交给工作进程</translation>
    </message>
    <message>
        <source>Credentials stored</source>
        <translation>凭据已保存</translation>
    </message>
    <message>
        <source>Credentials refused</source>
        <translation>凭据被拒绝</translation>
    </message>
    <message>
        <source>Credentials erased</source>
        <translation>凭据已删除</translation>
    </message>
    <message>
        <source>Sign-ins begun</source>
        <translation>登录开始</translation>
    </message>
    <message>
        <source>Sign-ins that succeeded</source>
        <translation>登录成功</translation>
    </message>
    <message>
        <source>Sign-ins that failed</source>
        <translation>登录失败</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>已退出登录</translation>
    </message>
    <message>
        <source>Tokens made</source>
        <translation>令牌已创建</translation>
    </message>
    <message>
        <source>Tokens ended</source>
        <translation>令牌已吊销</translation>
    </message>
    <message>
        <source>Settings changed</source>
        <translation>设置已更改</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Imports</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Backups made</source>
        <translation>备份已创建</translation>
    </message>
    <message>
        <source>Backups restored</source>
        <translation>备份已恢复</translation>
    </message>
    <message>
        <source>Nothing of this kind is on record.</source>
        <translation>没有此类记录。</translation>
    </message>
    <message>
        <source>Nothing is on record yet.</source>
        <translation>还没有记录。</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>the master</source>
        <translation>主控</translation>
    </message>
</context>
<context>
    <name>BackupsPanel</name>
    <message>
        <source>Made</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>上次校验</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Restore…</source>
        <translation>恢复…</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Export everything…</source>
        <translation>导出全部…</translation>
    </message>
    <message>
        <source>Import a file…</source>
        <translation>导入文件…</translation>
    </message>
    <message>
        <source>There is no backup yet.</source>
        <translation>还没有备份。</translation>
    </message>
    <message>
        <source>One is made every day, and read back to see that it is sound.</source>
        <translation>每天自动备份一次，并读回以确认完好。</translation>
    </message>
    <message>
        <source>Next: {time}</source>
        <translation>下次：{time}</translation>
    </message>
    <message>
        <source>daily</source>
        <translation>每天</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>before an update</source>
        <translation>更新之前</translation>
    </message>
    <message>
        <source>before a restore</source>
        <translation>恢复之前</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>{count} MB</source>
        <translation>{count} MB</translation>
    </message>
    <message>
        <source>{accounts} accounts, {items} items</source>
        <translation>{accounts} 个账户，{items} 个条目</translation>
    </message>
    <message>
        <source>Restore the backup of {time}?</source>
        <translation>恢复 {time} 的备份？</translation>
    </message>
    <message>
        <source>Accounts, rules and schedules are as they were then. What was found since stays known: nothing is told twice. What is here now is backed up first. The watch stands still for some seconds.</source>
        <translation>账户、规则和计划将回到当时的状态。此后发现的内容仍会记住，不会重复提醒。当前数据会先备份。监视将暂停几秒钟。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>The backup is being restored. The watch goes on in a moment.</source>
        <translation>正在恢复备份，监视稍后继续。</translation>
    </message>
    <message>
        <source>Delete the backup of {time}?</source>
        <translation>删除 {time} 的备份？</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>此操作无法撤销。</translation>
    </message>
    <message>
        <source>Delete backup</source>
        <translation>删除备份</translation>
    </message>
    <message>
        <source>Import a file</source>
        <translation>导入文件</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>BaseDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>BulkDialog</name>
    <message numerus="yes">
        <source>Edit %n account(s)</source>
        <translation>
            <numerusform>编辑 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>What is left empty, or as it is, stays with each account.</source>
        <translation>留空或保持不变的项，各账户维持原值。</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>Change them</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Add tags</source>
        <translation>添加标签</translation>
    </message>
    <message>
        <source>Divided by commas.</source>
        <translation>用逗号分隔。</translation>
    </message>
    <message>
        <source>Remove tags</source>
        <translation>移除标签</translation>
    </message>
    <message>
        <source>Nothing is to be changed yet.</source>
        <translation>尚未选择要修改的内容。</translation>
    </message>
</context>
<context>
    <name>BundleDialog</name>
    <message>
        <source>Support bundle</source>
        <translation>支持包</translation>
    </message>
    <message>
        <source>For those who help you. It holds no password, no token, nothing that you received or wrote, and a stand-in for each name and address. Look at each file before you save it; nothing is sent anywhere.</source>
        <translation>供帮助您的人使用。其中没有密码和令牌，没有您收到或写下的任何内容，每个名称和地址都以代号代替。保存前请查看每个文件；不会发送到任何地方。</translation>
    </message>
    <message>
        <source>Gathering…</source>
        <translation>正在收集…</translation>
    </message>
    <message>
        <source>Files of the bundle</source>
        <translation>支持包的文件</translation>
    </message>
    <message>
        <source>What the file holds</source>
        <translation>文件内容</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s), {size} KB of text</source>
        <translation>
            <numerusform>%n 个文件，共 {size} KB 文字</numerusform>
        </translation>
    </message>
    <message>
        <source>Save the support bundle</source>
        <translation>保存支持包</translation>
    </message>
    <message>
        <source>Zip files (*.zip)</source>
        <translation>Zip 文件 (*.zip)</translation>
    </message>
    <message>
        <source>The file cannot be written: {detail}</source>
        <translation>无法写入文件：{detail}</translation>
    </message>
</context>
<context>
    <name>BusyLine</name>
    <message>
        <source>Working…</source>
        <translation>正在处理…</translation>
    </message>
</context>
<context>
    <name>ButtonSign</name>
    <message>
        <source>Working…</source>
        <translation>正在处理…</translation>
    </message>
</context>
<context>
    <name>CardError</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>ChallengeView</name>
    <message>
        <source>Open the page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>New code</source>
        <translation>换一个</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>验证码</translation>
    </message>
    <message>
        <source>The address at which the browser ended</source>
        <translation>浏览器最后停留的网址</translation>
    </message>
    <message>
        <source>Scan this code with the app on your phone.</source>
        <translation>请用手机上的应用扫描此二维码。</translation>
    </message>
    <message>
        <source>Type the code that you were sent.</source>
        <translation>请输入您收到的验证码。</translation>
    </message>
    <message>
        <source>Sign in on the page of the service, and come back here.</source>
        <translation>请在服务的页面上登录，然后回到这里。</translation>
    </message>
    <message>
        <source>Open the page, on this or any other device, and type this code there.</source>
        <translation>在本机或任意设备上打开该页面，并输入此代码。</translation>
    </message>
    <message>
        <source>This code cannot be shown. Ask for a new one.</source>
        <translation>此二维码无法显示，请换一个。</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ChartCard</name>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
</context>
<context>
    <name>ChartsTab</name>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation>24 小时</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Show 7 days</source>
        <translation>显示 7 天</translation>
    </message>
    <message>
        <source>Nothing has been measured in this time.</source>
        <translation>这段时间内没有测量数据。</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Failed checks</source>
        <translation>失败的检查</translation>
    </message>
    <message>
        <source>{count} a minute</source>
        <translation>每分钟 {count}</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation>往返时间</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
</context>
<context>
    <name>CheckLines</name>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>Profile folder</source>
        <translation>配置文件夹</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Worker process</source>
        <translation>工作进程启动</translation>
    </message>
    <message>
        <source>Keyring</source>
        <translation>密钥环</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Versions of the workers</source>
        <translation>工作进程版本</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>显示器</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>系统库</translation>
    </message>
    <message>
        <source>Tray</source>
        <translation>托盘</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Look at this</source>
        <translation>请留意</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Show workers</source>
        <translation>显示工作进程</translation>
    </message>
    <message>
        <source>Show platforms and runners</source>
        <translation>显示平台和运行器</translation>
    </message>
    <message>
        <source>Show backups</source>
        <translation>显示备份</translation>
    </message>
    <message>
        <source>Show security</source>
        <translation>显示安全设置</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>复制命令</translation>
    </message>
</context>
<context>
    <name>ChecksCard</name>
    <message>
        <source>Checks a minute</source>
        <translation>每分钟检查次数</translation>
    </message>
    <message>
        <source>a minute</source>
        <translation>每分钟</translation>
    </message>
    <message>
        <source>{count} a minute</source>
        <translation>每分钟 {count}</translation>
    </message>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%n 次检查</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChooserDialog</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>ClientTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>上次在线</translation>
    </message>
    <message>
        <source>Connected clients</source>
        <translation>已连接的客户端</translation>
    </message>
    <message>
        <source>No client was ever connected.</source>
        <translation>还没有客户端连接过。</translation>
    </message>
    <message>
        <source>● connected</source>
        <translation>● 已连接</translation>
    </message>
    <message>
        <source>◌ away</source>
        <translation>◌ 离开</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>显示方式</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>前往</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Go to, or do: account, worker, job, page, action…</source>
        <translation>前往或执行：账户、工作进程、作业、页面、操作…</translation>
    </message>
    <message>
        <source>Search items, accounts, jobs, logs…</source>
        <translation>搜索条目、账户、作业、日志…</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
    <message>
        <source>Show all items with “{words}”</source>
        <translation>显示包含“{words}”的全部条目</translation>
    </message>
    <message>
        <source>Inbox</source>
        <translation>收件箱</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>随处可用</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
</context>
<context>
    <name>ConflictPanel</name>
    <message>
        <source>Use theirs</source>
        <translation>采用对方的</translation>
    </message>
    <message>
        <source>These fields take what stands there; the others stay as you typed them</source>
        <translation>这些字段采用对方的值；其他字段保持您输入的内容</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Save what stands here</source>
        <translation>保存此处的内容</translation>
    </message>
    <message>
        <source>{field}: theirs {theirs}, yours {mine}</source>
        <translation>{field}：对方为 {theirs}，您的为 {mine}</translation>
    </message>
    <message>
        <source>Theirs</source>
        <translation>对方</translation>
    </message>
    <message>
        <source>Yours</source>
        <translation>您的</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Conflicts</name>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>This was deleted elsewhere just now.</source>
        <translation>刚刚在别处被删除。</translation>
    </message>
    <message>
        <source>Changed elsewhere just now: these are the newer values.</source>
        <translation>刚刚在别处被更改：这里显示的是较新的值。</translation>
    </message>
    <message>
        <source>Changed elsewhere in the meantime. Nothing was saved, and what you typed is still here.</source>
        <translation>期间在别处被更改。未保存任何内容，您输入的内容仍在这里。</translation>
    </message>
    <message>
        <source>Changed elsewhere just now.</source>
        <translation>刚刚在别处被更改。</translation>
    </message>
</context>
<context>
    <name>ConnectionTestPanel</name>
    <message>
        <source>Testing</source>
        <translation>测试中</translation>
    </message>
    <message>
        <source>Connecting with these settings…</source>
        <translation>正在使用这些设置连接…</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>It works.</source>
        <translation>连接成功。</translation>
    </message>
    <message>
        <source>It works. The server calls this account {identity}.</source>
        <translation>连接成功。服务器上的账户为 {identity}。</translation>
    </message>
    <message>
        <source>The test failed.</source>
        <translation>测试失败。</translation>
    </message>
</context>
<context>
    <name>CopyBox</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy: {what}</source>
        <translation>复制：{what}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>CredentialDialog</name>
    <message>
        <source>Add credential</source>
        <translation>添加凭据</translation>
    </message>
    <message>
        <source>It is encrypted and kept in the keyring of this computer. Its values are never shown again.</source>
        <translation>凭据会加密保存在本机的密钥环中，其内容不会再次显示。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>One a line: Name: value</source>
        <translation>每行一个：名称: 值</translation>
    </message>
    <message>
        <source>Store credential</source>
        <translation>保存凭据</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写此项。</translation>
    </message>
</context>
<context>
    <name>CronInput</name>
    <message>
        <source>How often</source>
        <translation>频率</translation>
    </message>
    <message>
        <source>Every few minutes</source>
        <translation>每隔几分钟</translation>
    </message>
    <message>
        <source>Every hour</source>
        <translation>每小时</translation>
    </message>
    <message>
        <source>Every day</source>
        <translation>每天</translation>
    </message>
    <message>
        <source>Every week</source>
        <translation>每周</translation>
    </message>
    <message>
        <source>Every month</source>
        <translation>每月</translation>
    </message>
    <message>
        <source>Own expression</source>
        <translation>自定义表达式</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>Day of the month</source>
        <translation>几号</translation>
    </message>
    <message>
        <source>day {day}</source>
        <translation>{day} 号</translation>
    </message>
    <message>
        <source>the last day</source>
        <translation>最后一天</translation>
    </message>
    <message>
        <source>at</source>
        <translation>于</translation>
    </message>
    <message>
        <source>Hour</source>
        <translation>时</translation>
    </message>
    <message>
        <source>at minute</source>
        <translation>第几分</translation>
    </message>
    <message>
        <source>Minute</source>
        <translation>分</translation>
    </message>
    <message>
        <source>Sun</source>
        <translation>周日</translation>
    </message>
    <message>
        <source>Mon</source>
        <translation>周一</translation>
    </message>
    <message>
        <source>Tue</source>
        <translation>周二</translation>
    </message>
    <message>
        <source>Wed</source>
        <translation>周三</translation>
    </message>
    <message>
        <source>Thu</source>
        <translation>周四</translation>
    </message>
    <message>
        <source>Fri</source>
        <translation>周五</translation>
    </message>
    <message>
        <source>Sat</source>
        <translation>周六</translation>
    </message>
    <message>
        <source>Cron expression</source>
        <translation>Cron 表达式</translation>
    </message>
    <message>
        <source>Minute, hour, day of the month, month, day of the week; seconds may come first</source>
        <translation>分、时、日、月、星期；前面可以加秒</translation>
    </message>
</context>
<context>
    <name>DaysDialog</name>
    <message>
        <source>From which day to which?</source>
        <translation>从哪天到哪天？</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>To</source>
        <translation>到</translation>
    </message>
    <message>
        <source>Show these days</source>
        <translation>显示这些日期</translation>
    </message>
    <message>
        <source>The last day is before the first.</source>
        <translation>结束日期早于开始日期。</translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n accounts?</source>
        <translation>
            <numerusform>删除 %n 个账户？</numerusform>
        </translation>
    </message>
    <message>
        <source>Checks stop, and the stored credentials are erased. For 30 seconds this can be undone.</source>
        <translation>检查将停止，已保存的凭据将被删除。30 秒内可以撤销。</translation>
    </message>
    <message>
        <source>Keep the items that were found</source>
        <translation>保留已发现的条目</translation>
    </message>
    <message>
        <source>Delete account</source>
        <translation>删除账户</translation>
    </message>
    <message>
        <source>Delete accounts</source>
        <translation>删除账户</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>A second start will not find this window</source>
        <translation>再次启动时将找不到此窗口</translation>
    </message>
</context>
<context>
    <name>DetailPanel</name>
    <message>
        <source>Close the details</source>
        <translation>关闭详情</translation>
    </message>
</context>
<context>
    <name>DetailsTab</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Submitted again from</source>
        <translation>重新提交自</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Waits because</source>
        <translation>等待原因</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>Exit code</source>
        <translation>退出码</translation>
    </message>
    <message>
        <source>Left processes behind</source>
        <translation>遗留的进程</translation>
    </message>
    <message>
        <source>Submitted</source>
        <translation>提交时间</translation>
    </message>
    <message>
        <source>Not before</source>
        <translation>不早于</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>已启动</translation>
    </message>
    <message>
        <source>Waited</source>
        <translation>等待了</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Ran for</source>
        <translation>运行了</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行次数</translation>
    </message>
    <message>
        <source>Peak memory</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>{size} were not kept</source>
        <translation>{size} 未保留</translation>
    </message>
    <message>
        <source>alone on its worker</source>
        <translation>独占其工作进程</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Wanted worker</source>
        <translation>指定的工作进程</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Slots</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间限制</translation>
    </message>
    <message>
        <source>Working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>Credential</source>
        <translation>凭据</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>up to {count} runs, after {seconds} s</source>
        <translation>最多 {count} 次，间隔 {seconds} 秒起</translation>
    </message>
    <message>
        <source>Runner</source>
        <translation>运行器</translation>
    </message>
</context>
<context>
    <name>EntryList</name>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n 个新的</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EnvInput</name>
    <message>
        <source>Not NAME=value: line {numbers}.</source>
        <translation>不是“名称=值”的格式：第 {numbers} 行。</translation>
    </message>
</context>
<context>
    <name>ErrorLine</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>EventModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
</context>
<context>
    <name>EventsTab</name>
    <message>
        <source>Events of this worker</source>
        <translation>此工作进程的事件</translation>
    </message>
    <message>
        <source>Nothing has happened yet.</source>
        <translation>尚未发生任何事件。</translation>
    </message>
</context>
<context>
    <name>FactsPanel</name>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Python of the master</source>
        <translation>主控的 Python</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Profile folder</source>
        <translation>配置文件夹</translation>
    </message>
    <message>
        <source>Runs for</source>
        <translation>已运行</translation>
    </message>
    <message>
        <source>Memory of the master</source>
        <translation>主控内存</translation>
    </message>
    <message>
        <source>Free on the disk</source>
        <translation>磁盘可用空间</translation>
    </message>
    <message>
        <source>Sizes</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Background tasks</source>
        <translation>后台任务</translation>
    </message>
    <message>
        <source>Last start</source>
        <translation>上次启动</translation>
    </message>
    <message>
        <source>packaged</source>
        <translation>安装包</translation>
    </message>
    <message>
        <source>from a Python environment</source>
        <translation>来自 Python 环境</translation>
    </message>
    <message>
        <source>{free} of {total}</source>
        <translation>{free} / 共 {total}</translation>
    </message>
    <message>
        <source>the one before stopped in order</source>
        <translation>之前的主控正常停止</translation>
    </message>
    <message>
        <source>the one before was killed</source>
        <translation>之前的主控被强行终止</translation>
    </message>
    <message>
        <source>There was nothing to repair.</source>
        <translation>没有需要修复的内容。</translation>
    </message>
    <message>
        <source>{count} GB</source>
        <translation>{count} GB</translation>
    </message>
    <message>
        <source>{count} MB</source>
        <translation>{count} MB</translation>
    </message>
    <message>
        <source>database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <source>logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>backups</source>
        <translation>备份</translation>
    </message>
</context>
<context>
    <name>FailedPage</name>
    <message>
        <source>This page failed</source>
        <translation>此页面出错</translation>
    </message>
</context>
<context>
    <name>FailedSection</name>
    <message>
        <source>This section failed</source>
        <translation>此部分出错</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>FailedStart</name>
    <message>
        <source>Watchkeeper could not start</source>
        <translation>Watchkeeper 无法启动</translation>
    </message>
    <message>
        <source>Put this right, then start Watchkeeper again.</source>
        <translation>请先解决此问题，然后重新启动 Watchkeeper。</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>A number, please.</source>
        <translation>请输入数字。</translation>
    </message>
    <message>
        <source>A whole number, please.</source>
        <translation>请输入整数。</translation>
    </message>
    <message>
        <source>A number up to {most}.</source>
        <translation>请输入不大于 {most} 的数字。</translation>
    </message>
    <message>
        <source>A number from {least}.</source>
        <translation>请输入不小于 {least} 的数字。</translation>
    </message>
    <message>
        <source>A number from {least} to {most}.</source>
        <translation>请输入 {least} 到 {most} 之间的数字。</translation>
    </message>
</context>
<context>
    <name>FileInput</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>More options</source>
        <translation>更多选项</translation>
    </message>
</context>
<context>
    <name>FoundCard</name>
    <message>
        <source>Found today</source>
        <translation>今天发现</translation>
    </message>
    <message>
        <source>{count} today</source>
        <translation>今天 {count}</translation>
    </message>
    <message>
        <source>{count} yesterday by now</source>
        <translation>昨天此时 {count}</translation>
    </message>
    <message>
        <source>today: {count}</source>
        <translation>今天：{count}</translation>
    </message>
    <message>
        <source>yesterday: {count}</source>
        <translation>昨天：{count}</translation>
    </message>
</context>
<context>
    <name>GeneralSection</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>How the window behaves, and how Watchkeeper starts.</source>
        <translation>窗口行为与启动方式。</translation>
    </message>
</context>
<context>
    <name>GeneralSettings</name>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Start Watchkeeper when I log in</source>
        <translation>登录系统时启动 Watchkeeper</translation>
    </message>
    <message>
        <source>Start in the tray, without a window</source>
        <translation>启动时只显示托盘图标</translation>
    </message>
    <message>
        <source>Where there is no tray, the window is shown.</source>
        <translation>没有托盘时会显示窗口。</translation>
    </message>
    <message>
        <source>Page at start</source>
        <translation>启动页面</translation>
    </message>
    <message>
        <source>The one that was open last</source>
        <translation>上次打开的页面</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Closing the window leaves Watchkeeper in the tray</source>
        <translation>关闭窗口后 Watchkeeper 留在托盘</translation>
    </message>
    <message>
        <source>Otherwise, and where there is no tray, closing quits.</source>
        <translation>否则（或没有托盘时）关闭窗口即退出。</translation>
    </message>
    <message>
        <source>Show how much is unread on dock or taskbar</source>
        <translation>在程序坞或任务栏上显示未读数</translation>
    </message>
    <message>
        <source>Where the desktop shows such numbers.</source>
        <translation>在会显示这类数字的桌面上。</translation>
    </message>
    <message>
        <source>Open links that begin with watchkeeper:</source>
        <translation>打开以 watchkeeper: 开头的链接</translation>
    </message>
    <message>
        <source>“Copy link to here” makes them. Only the usual profile is opened by them.</source>
        <translation>“复制指向此处的链接”会生成这种链接。它们只打开默认配置。</translation>
    </message>
    <message>
        <source>Lists and tables show more rows at once.</source>
        <translation>列表和表格一次显示更多行。</translation>
    </message>
    <message>
        <source>Compact rows</source>
        <translation>紧凑行</translation>
    </message>
</context>
<context>
    <name>GroupDialog</name>
    <message>
        <source>New group</source>
        <translation>新建分组</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Add group</source>
        <translation>添加分组</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Empty: as usual.</source>
        <translation>留空：默认。</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>请命名。</translation>
    </message>
</context>
<context>
    <name>GroupWords</name>
    <message>
        <source>{least} to {most}</source>
        <translation>{least} 至 {most}</translation>
    </message>
    <message>
        <source>every {span}</source>
        <translation>每 {span}</translation>
    </message>
    <message>
        <source>never quiet</source>
        <translation>从不免打扰</translation>
    </message>
    <message>
        <source>quiet {hours}</source>
        <translation>免打扰 {hours}</translation>
    </message>
</context>
<context>
    <name>GroupsDialog</name>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
</context>
<context>
    <name>GroupsPanel</name>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Passes on</source>
        <translation>传递的设置</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>New group…</source>
        <translation>新建分组…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>There is no group yet. A group passes its interval, proxy and notifications on.</source>
        <translation>还没有分组。分组会把检查间隔、代理和提醒设置传给其中的账户。</translation>
    </message>
    <message>
        <source>every {span}</source>
        <translation>每 {span}</translation>
    </message>
    <message>
        <source>proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>what is told</source>
        <translation>提醒内容</translation>
    </message>
    <message>
        <source>sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>quiet hours</source>
        <translation>免打扰</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) of it stay, in no group, with what is their own.</source>
        <translation>
            <numerusform>其中的 %n 个账户会保留，不属于任何分组，只保留各自的设置。</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete group</source>
        <translation>删除分组</translation>
    </message>
    <message>
        <source>{name} was deleted</source>
        <translation>已删除 {name}</translation>
    </message>
</context>
<context>
    <name>HealthTab</name>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
</context>
<context>
    <name>HeartbeatBar</name>
    <message>
        <source>Heartbeat</source>
        <translation>心跳</translation>
    </message>
    <message numerus="yes">
        <source>{good} of %n good</source>
        <translation>
            <numerusform>%n 次中 {good} 次正常</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>暂无</translation>
    </message>
</context>
<context>
    <name>HeldTableModel</name>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import accounts</source>
        <translation>导入账户</translation>
    </message>
    <message>
        <source>A table (CSV), a list of feeds (OPML), or addresses: one a line, of feeds, pages or mailboxes.</source>
        <translation>表格 (CSV)、订阅列表 (OPML)，或每行一个地址：订阅源、网页或邮箱。</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Addresses, one a line</source>
        <translation>地址，每行一个</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>What becomes of it</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>各行</translation>
    </message>
    <message>
        <source>Look at it first</source>
        <translation>先检查</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Tables and lists (*.csv *.tsv *.opml *.xml *.txt)</source>
        <translation>表格和列表 (*.csv *.tsv *.opml *.xml *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>The file is larger than 16 MB.</source>
        <translation>文件大于 16 MB。</translation>
    </message>
    <message>
        <source>The file cannot be read: {detail}</source>
        <translation>无法读取文件：{detail}</translation>
    </message>
    <message>
        <source>Choose a file, or paste addresses.</source>
        <translation>请选择文件，或粘贴地址。</translation>
    </message>
    <message numerus="yes">
        <source>%n would be added</source>
        <translation>
            <numerusform>将添加 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n added</source>
        <translation>
            <numerusform>已添加 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} here already</source>
        <translation>{count} 个已存在</translation>
    </message>
    <message>
        <source>{count} wrong</source>
        <translation>{count} 个有误</translation>
    </message>
    <message>
        <source>new groups: {names}</source>
        <translation>新分组：{names}</translation>
    </message>
    <message>
        <source>is new</source>
        <translation>新账户</translation>
    </message>
    <message>
        <source>added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>{words}, in {group}</source>
        <translation>{words}，分组：{group}</translation>
    </message>
    <message>
        <source>is here already</source>
        <translation>已存在</translation>
    </message>
    <message>
        <source>{name}: {fault}</source>
        <translation>{name}：{fault}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>InboxActions</name>
    <message>
        <source>All marked read</source>
        <translation>已全部标为已读</translation>
    </message>
    <message>
        <source>They were too many to take it back.</source>
        <translation>数量太多，无法撤销。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message numerus="yes">
        <source>%n marked read</source>
        <translation>
            <numerusform>已将 %n 个标为已读</numerusform>
        </translation>
    </message>
    <message>
        <source>This link cannot be opened: {link}</source>
        <translation>无法打开此链接：{link}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>This item has no notification of its own</source>
        <translation>此条目没有单独的通知</translation>
    </message>
    <message>
        <source>It was told together with others, or not at all. Snooze its account instead.</source>
        <translation>它与其他条目一起通知，或未曾通知。请改为对其账户稍后提醒。</translation>
    </message>
    <message>
        <source>Snoozed until {time}</source>
        <translation>稍后提醒，至 {time}</translation>
    </message>
    <message>
        <source>Delete the search {name}?</source>
        <translation>删除搜索“{name}”？</translation>
    </message>
    <message>
        <source>Only the search is deleted; what it finds stays.</source>
        <translation>只删除此搜索，找到的内容会保留。</translation>
    </message>
    <message>
        <source>Delete search</source>
        <translation>删除搜索</translation>
    </message>
    <message>
        <source>Export items</source>
        <translation>导出条目</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>An export is running already</source>
        <translation>已有导出正在进行</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>请等待其完成。</translation>
    </message>
    <message>
        <source>The items could not be exported</source>
        <translation>无法导出条目</translation>
    </message>
    <message>
        <source>{size} KB</source>
        <translation>{size} KB</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>已导出</translation>
    </message>
</context>
<context>
    <name>InboxBar</name>
    <message>
        <source>Any kind</source>
        <translation>任何类型</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任何时间</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>从……到……</translation>
    </message>
    <message>
        <source>Read state</source>
        <translation>阅读状态</translation>
    </message>
    <message>
        <source>Read and unread</source>
        <translation>已读和未读</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>已读</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新优先</translation>
    </message>
    <message>
        <source>Unread first</source>
        <translation>未读优先</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>最早优先</translation>
    </message>
    <message>
        <source>View</source>
        <translation>显示方式</translation>
    </message>
    <message>
        <source>Single items</source>
        <translation>单个条目</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Save search…</source>
        <translation>保存搜索…</translation>
    </message>
</context>
<context>
    <name>InboxMenus</name>
    <message>
        <source>Delete search…</source>
        <translation>删除搜索…</translation>
    </message>
    <message>
        <source>Mark all read</source>
        <translation>全部标为已读</translation>
    </message>
    <message>
        <source>Show account</source>
        <translation>显示账户</translation>
    </message>
</context>
<context>
    <name>InboxPage</name>
    <message>
        <source>Inbox</source>
        <translation>收件箱</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
    <message>
        <source>All that the list shows</source>
        <translation>列表中显示的全部</translation>
    </message>
    <message>
        <source>Mark all read</source>
        <translation>全部标为已读</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Items or notifications</source>
        <translation>条目或通知</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Next item</source>
        <translation>下一条</translation>
    </message>
    <message>
        <source>Previous item</source>
        <translation>上一条</translation>
    </message>
    <message>
        <source>Mark as read or unread</source>
        <translation>标为已读或未读</translation>
    </message>
    <message>
        <source>Mark the conversation read</source>
        <translation>将整个会话标为已读</translation>
    </message>
    <message>
        <source>Open the page of the item</source>
        <translation>打开条目的网页</translation>
    </message>
    <message>
        <source>Snooze the item</source>
        <translation>稍后提醒此条目</translation>
    </message>
    <message>
        <source>Copy the text of the item</source>
        <translation>复制条目正文</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>返回列表</translation>
    </message>
    <message>
        <source>Save this search…</source>
        <translation>保存此搜索…</translation>
    </message>
    <message>
        <source>Export what the list shows as CSV…</source>
        <translation>将列表所示导出为 CSV…</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>InboxPanes</name>
    <message>
        <source>Items</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>会话</translation>
    </message>
</context>
<context>
    <name>InboxReading</name>
    <message>
        <source>This item</source>
        <translation>此条目</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>End the snooze</source>
        <translation>结束稍后提醒</translation>
    </message>
    <message>
        <source>Snooze</source>
        <translation>稍后提醒</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Mark the conversation read</source>
        <translation>将整个会话标为已读</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>复制文本</translation>
    </message>
    <message>
        <source>Copy link to here</source>
        <translation>复制指向此处的链接</translation>
    </message>
    <message>
        <source>Make a rule of it…</source>
        <translation>以此新建规则…</translation>
    </message>
</context>
<context>
    <name>InboxWords</name>
    <message>
        <source>Nothing to watch yet.</source>
        <translation>尚无可监视的内容。</translation>
    </message>
    <message>
        <source>All is read.</source>
        <translation>全部已读。</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <translation>
            <numerusform>显示 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>first {count} shown</source>
        <translation>显示前 {count} 项</translation>
    </message>
    <message>
        <source>older items are still being made searchable ({percent} %)</source>
        <translation>较早的条目仍在建立索引（{percent} %）</translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message>
        <source>{unread} from {accounts}</source>
        <translation>{accounts}共 {unread}</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>newest just now</source>
        <translation>最新：刚刚</translation>
    </message>
    <message>
        <source>newest {age} ago</source>
        <translation>最新在 {age}前</translation>
    </message>
    <message>
        <source>Add a mailbox or a feed. New messages appear here within seconds.</source>
        <translation>添加邮箱或订阅源，新消息会在几秒内出现在这里。</translation>
    </message>
    <message>
        <source>No account is watched yet</source>
        <translation>尚未监视任何账户</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>What was there before the first check is known, not new. New items appear here by themselves.</source>
        <translation>首次检查前已有的内容不算新内容。新条目会自动出现在这里。</translation>
    </message>
    <message>
        <source>Nothing new yet</source>
        <translation>暂无新内容</translation>
    </message>
    <message>
        <source>Open Accounts</source>
        <translation>打开账户</translation>
    </message>
    <message>
        <source>Nothing fits this search</source>
        <translation>没有符合搜索的内容</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>All is read</source>
        <translation>全部已读</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Nothing here</source>
        <translation>这里没有内容</translation>
    </message>
</context>
<context>
    <name>InstalledNews</name>
    <message>
        <source>Watchkeeper {version} is installed</source>
        <translation>已安装 Watchkeeper {version}</translation>
    </message>
    <message>
        <source>This window goes on as it is. Quit and start again to use it.</source>
        <translation>此窗口继续照常运行。退出并重新启动即可使用新版本。</translation>
    </message>
</context>
<context>
    <name>ItemButtons</name>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Snooze…</source>
        <translation>稍后提醒…</translation>
    </message>
    <message>
        <source>Tell it again later, or hold what else comes of its account</source>
        <translation>稍后再次通知，或暂缓其账户的其他通知</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>复制文本</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Copy link to here</source>
        <translation>复制指向此处的链接</translation>
    </message>
    <message>
        <source>Show account</source>
        <translation>显示账户</translation>
    </message>
    <message>
        <source>Mark unread</source>
        <translation>标为未读</translation>
    </message>
    <message>
        <source>Mark read</source>
        <translation>标为已读</translation>
    </message>
</context>
<context>
    <name>ItemHead</name>
    <message>
        <source>stored {seconds} s later</source>
        <translation>{seconds} 秒后存储</translation>
    </message>
    <message>
        <source>Made {time}</source>
        <translation>创建于 {time}</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n 条消息</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message>
        <source>newest {time}</source>
        <translation>最新：{time}</translation>
    </message>
    <message>
        <source>just now, {time}</source>
        <translation>刚刚，{time}</translation>
    </message>
    <message>
        <source>{age} ago, {time}</source>
        <translation>{age}前，{time}</translation>
    </message>
</context>
<context>
    <name>ItemKinds</name>
    <message>
        <source>Direct messages</source>
        <translation>私信</translation>
    </message>
    <message>
        <source>Comments</source>
        <translation>评论</translation>
    </message>
    <message>
        <source>Mentions</source>
        <translation>提及</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>邮件</translation>
    </message>
    <message>
        <source>Entries</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>变更</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>输出行</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
</context>
<context>
    <name>ItemListModel</name>
    <message>
        <source>unread</source>
        <translation>未读</translation>
    </message>
</context>
<context>
    <name>ItemPanel</name>
    <message>
        <source>Choose an item to read it here.</source>
        <translation>选择一项即可在此阅读。</translation>
    </message>
    <message>
        <source>Show earlier messages</source>
        <translation>显示更早的消息</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>正文</translation>
    </message>
    <message numerus="yes">
        <source>Show the whole conversation (%n message(s))</source>
        <translation>
            <numerusform>显示整个会话（%n 条消息）</numerusform>
        </translation>
    </message>
    <message>
        <source>unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>The text is longer; the rest was cut.</source>
        <translation>正文过长，其余部分已截断。</translation>
    </message>
    <message>
        <source>Why was I not told?</source>
        <translation>为何没有通知我？</translation>
    </message>
    <message>
        <source>Why was I told?</source>
        <translation>为何通知我？</translation>
    </message>
</context>
<context>
    <name>ItemStatisticsView</name>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>48 hours</source>
        <translation>48 小时</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 天</translation>
    </message>
    <message>
        <source>26 weeks</source>
        <translation>26 周</translation>
    </message>
    <message>
        <source>found</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>in the time before</source>
        <translation>此前同期</translation>
    </message>
    <message>
        <source>change</source>
        <translation>变更</translation>
    </message>
    <message>
        <source>unread now</source>
        <translation>当前未读</translation>
    </message>
    <message>
        <source>ever found</source>
        <translation>累计</translation>
    </message>
    <message>
        <source>checks succeeded, 24 h</source>
        <translation>检查成功率（24 小时）</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>此前</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>Success, 24 h</source>
        <translation>成功率 24 小时</translation>
    </message>
    <message>
        <source>Success, 7 d</source>
        <translation>成功率 7 天</translation>
    </message>
    <message>
        <source>Platform</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Watched</source>
        <translation>监视中</translation>
    </message>
    <message>
        <source>In trouble</source>
        <translation>有问题</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>An older history is still being counted.</source>
        <translation>更早的历史仍在统计中。</translation>
    </message>
    <message>
        <source>in the last 48 hours</source>
        <translation>最近 48 小时</translation>
    </message>
    <message>
        <source>in the last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>in the last 26 weeks</source>
        <translation>最近 26 周</translation>
    </message>
    <message>
        <source>{count} found {span}</source>
        <translation>{span}新增 {count} 条</translation>
    </message>
    <message>
        <source>{change} against the time before</source>
        <translation>较此前同期 {change}</translation>
    </message>
    <message>
        <source>{percent} of the checks of the last 24 hours succeeded</source>
        <translation>最近 24 小时检查成功率 {percent}</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>{kind}: {count}</source>
        <translation>{kind}：{count}</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>a deleted account</source>
        <translation>已删除的账户</translation>
    </message>
    <message>
        <source>network, server or time-out</source>
        <translation>网络、服务器或超时</translation>
    </message>
    <message>
        <source>rate limit</source>
        <translation>限速</translation>
    </message>
    <message>
        <source>sign-in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>unreadable answers</source>
        <translation>无法解析的响应</translation>
    </message>
    <message>
        <source>faults of Watchkeeper</source>
        <translation>Watchkeeper 自身故障</translation>
    </message>
    <message>
        <source>{count} checks in 7 days</source>
        <translation>7 天内检查 {count} 次</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
</context>
<context>
    <name>JobActions</name>
    <message>
        <source>The folder cannot be opened</source>
        <translation>无法打开文件夹</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) refused it</source>
        <translation>
            <numerusform>%n 个作业未能执行此操作</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n jobs?</source>
        <translation>
            <numerusform>删除 %n 个作业？</numerusform>
        </translation>
    </message>
    <message>
        <source>What it printed is deleted with it. For 30 seconds this can be undone.</source>
        <translation>其输出会一并删除。30 秒内可以撤销。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>已删除 %n 个作业</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) could not be restored</source>
        <translation>
            <numerusform>%n 个作业无法恢复</numerusform>
        </translation>
    </message>
    <message>
        <source>The 30 seconds are over.</source>
        <translation>30 秒已过。</translation>
    </message>
    <message>
        <source>Delete job</source>
        <translation>删除作业</translation>
    </message>
    <message>
        <source>Delete jobs</source>
        <translation>删除作业</translation>
    </message>
</context>
<context>
    <name>JobDialog</name>
    <message>
        <source>New job</source>
        <translation>新建作业</translation>
    </message>
    <message>
        <source>Run job</source>
        <translation>运行作业</translation>
    </message>
    <message>
        <source>What is to be run?</source>
        <translation>要运行什么？</translation>
    </message>
    <message>
        <source>New job: {runner}</source>
        <translation>新建作业：{runner}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Empty: it is called after what it runs.</source>
        <translation>留空：以它运行的内容命名。</translation>
    </message>
</context>
<context>
    <name>JobForm</name>
    <message>
        <source>One a line.</source>
        <translation>每行一个。</translation>
    </message>
    <message>
        <source>One a line: Name: value</source>
        <translation>每行一个：名称: 值</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间限制</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Minutes (30), or 2:30, 1:30:00, 2-12:00:00. Beyond it the job is ended.</source>
        <translation>分钟数（30），或 2:30、1:30:00、2-12:00:00。超时后作业会被结束。</translation>
    </message>
    <message>
        <source>Working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>the job&apos;s own folder</source>
        <translation>作业自己的文件夹</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>One variable a line: NAME=value. Nothing secret: use a credential.</source>
        <translation>每行一个变量：名称=值。不要填写机密，请使用凭据。</translation>
    </message>
    <message>
        <source>Credential</source>
        <translation>凭据</translation>
    </message>
    <message>
        <source>The job reads it as one JSON object on its standard input; it is stored nowhere else.</source>
        <translation>作业从标准输入读取它（一个 JSON 对象）；不会保存在别处。</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Any that has room</source>
        <translation>任何有空位的</translation>
    </message>
    <message>
        <source>Label of the worker</source>
        <translation>工作进程的标签</translation>
    </message>
    <message>
        <source>Only a worker that has this label runs it.</source>
        <translation>只由带有此标签的工作进程运行。</translation>
    </message>
    <message>
        <source>Slots</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>How many of a worker&apos;s slots it takes.</source>
        <translation>它占用工作进程的多少个槽位。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Counted against what the worker may use for jobs.</source>
        <translation>计入工作进程可用于作业的内存。</translation>
    </message>
    <message>
        <source>Alone on its worker</source>
        <translation>独占所在的工作进程</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>0 to 9; a higher one starts first.</source>
        <translation>0 到 9；数字大的先开始。</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Run again after a failure, runs in all</source>
        <translation>失败后重新运行，总次数</translation>
    </message>
    <message>
        <source>Empty: never. Only for what may safely run twice.</source>
        <translation>留空：从不。仅用于可以安全地运行两次的作业。</translation>
    </message>
    <message>
        <source>Pause before the second run</source>
        <translation>第二次运行前的停顿</translation>
    </message>
    <message>
        <source>Twice as long before each later one.</source>
        <translation>之后每次停顿加倍。</translation>
    </message>
    <message>
        <source>Failures after which it runs again</source>
        <translation>哪些失败后重新运行</translation>
    </message>
    <message>
        <source>Add credential…</source>
        <translation>添加凭据…</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写此项。</translation>
    </message>
</context>
<context>
    <name>JobLine</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>{spent} of at most {limit}</source>
        <translation>已用 {spent}，最长 {limit}</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>取消中</translation>
    </message>
    <message>
        <source>Cancel {name}</source>
        <translation>取消 {name}</translation>
    </message>
</context>
<context>
    <name>JobPanel</name>
    <message>
        <source>Output or details</source>
        <translation>输出或详情</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Cancel job</source>
        <translation>取消作业</translation>
    </message>
    <message>
        <source>Force</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Asks it to end; a few seconds later it is ended with all it started</source>
        <translation>请求它结束；几秒后连同它启动的一切一并结束</translation>
    </message>
    <message>
        <source>Ends it at once, with all it started</source>
        <translation>立即结束它以及它启动的一切</translation>
    </message>
    <message>
        <source>Submits the same once more, as a new job</source>
        <translation>把同样的内容作为新作业再提交一次</translation>
    </message>
    <message>
        <source>submitted {age} ago</source>
        <translation>{age}前提交</translation>
    </message>
    <message>
        <source>runs for {span}</source>
        <translation>已运行 {span}</translation>
    </message>
    <message>
        <source>on {worker}</source>
        <translation>在 {worker} 上</translation>
    </message>
    <message>
        <source>process {pid}</source>
        <translation>进程 {pid}</translation>
    </message>
    <message>
        <source>at most {limit}</source>
        <translation>最长 {limit}</translation>
    </message>
    <message>
        <source>ran for {span}</source>
        <translation>运行了 {span}</translation>
    </message>
    <message>
        <source>ended {age} ago</source>
        <translation>{age}前结束</translation>
    </message>
    <message>
        <source>run {number}</source>
        <translation>第 {number} 次运行</translation>
    </message>
</context>
<context>
    <name>JobTable</name>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
</context>
<context>
    <name>JobTableModel</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Runner</source>
        <translation>运行器</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Submitted</source>
        <translation>提交时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>JobVerbs</name>
    <message>
        <source>New job</source>
        <translation>新建作业</translation>
    </message>
    <message>
        <source>Go to the output of the chosen job</source>
        <translation>转到所选作业的输出</translation>
    </message>
    <message>
        <source>Delete the chosen jobs</source>
        <translation>删除所选作业</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Cancel job</source>
        <translation>取消作业</translation>
    </message>
    <message>
        <source>Force</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>Run again with changes…</source>
        <translation>修改后再次运行…</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n 个等待中</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing runs now</source>
        <translation>当前没有运行的作业</translation>
    </message>
    <message numerus="yes">
        <source>%n failed in the last 24 hours</source>
        <translation>
            <numerusform>过去 24 小时 %n 个失败</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing failed in the last 24 hours</source>
        <translation>过去 24 小时没有失败</translation>
    </message>
    <message numerus="yes">
        <source>%n completed</source>
        <translation>
            <numerusform>%n 个已完成</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobWords</name>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>取消中</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>已启动</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>错过</translation>
    </message>
    <message>
        <source>Not started</source>
        <translation>未启动</translation>
    </message>
    <message>
        <source>Reserved</source>
        <translation>已预留</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>已释放</translation>
    </message>
    <message>
        <source>went well</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>ended with an error</source>
        <translation>以错误结束</translation>
    </message>
    <message>
        <source>killed from outside</source>
        <translation>被外部终止</translation>
    </message>
    <message>
        <source>took too long</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>values not accepted</source>
        <translation>填写的值不被接受</translation>
    </message>
    <message>
        <source>command not found</source>
        <translation>找不到命令</translation>
    </message>
    <message>
        <source>no permission</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>working directory missing</source>
        <translation>工作目录不存在</translation>
    </message>
    <message>
        <source>not allowed by the settings</source>
        <translation>设置不允许</translation>
    </message>
    <message>
        <source>credential not readable</source>
        <translation>凭据无法读取</translation>
    </message>
    <message>
        <source>could not be started</source>
        <translation>无法启动</translation>
    </message>
    <message>
        <source>something it needs is missing</source>
        <translation>缺少所需的条件</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>已丢失</translation>
    </message>
    <message>
        <source>the computer restarted</source>
        <translation>计算机重新启动</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>killed</source>
        <translation>已强制结束</translation>
    </message>
    <message>
        <source>replaced by a later run</source>
        <translation>被后一次运行取代</translation>
    </message>
    <message>
        <source>killed by signal {signal}</source>
        <translation>被信号 {signal} 终止</translation>
    </message>
    <message>
        <source>exit code {code}</source>
        <translation>退出码 {code}</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{large} min {small} s</source>
        <translation>{large} 分 {small} 秒</translation>
    </message>
    <message>
        <source>{large} h {small} min</source>
        <translation>{large} 小时 {small} 分</translation>
    </message>
    <message>
        <source>{large} d {small} h</source>
        <translation>{large} 天 {small} 小时</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
</context>
<context>
    <name>JobsPage</name>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Search jobs</source>
        <translation>搜索作业</translation>
    </message>
    <message>
        <source>Which jobs</source>
        <translation>哪些作业</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>所有状态</translation>
    </message>
    <message>
        <source>New job</source>
        <translation>新建作业</translation>
    </message>
    <message>
        <source>Jobs, statistics, resources or runners</source>
        <translation>作业、统计、资源或运行器</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Runners</source>
        <translation>运行器</translation>
    </message>
    <message>
        <source>No job fits</source>
        <translation>没有符合的作业</translation>
    </message>
    <message>
        <source>Show all jobs</source>
        <translation>显示所有作业</translation>
    </message>
    <message>
        <source>A command, a script, a request or a container: it goes on even if Watchkeeper does not.</source>
        <translation>命令、脚本、请求或容器：即使 Watchkeeper 停止，它也会继续运行。</translation>
    </message>
    <message>
        <source>No job has run yet</source>
        <translation>还没有运行过作业</translation>
    </message>
</context>
<context>
    <name>JobsSection</name>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>How much of jobs is kept, and what they may do.</source>
        <translation>作业保留多少，以及允许做什么。</translation>
    </message>
</context>
<context>
    <name>JobsSettings</name>
    <message>
        <source>What is kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Output of a job, each stream</source>
        <translation>单个作业每个输出流上限</translation>
    </message>
    <message>
        <source>Of what is beyond it the first and the last half are kept.</source>
        <translation>超出时保留首尾各一半。</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Jobs that have ended stay</source>
        <translation>已结束的作业保留</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>Output of all jobs that have ended</source>
        <translation>所有已结束作业的输出上限</translation>
    </message>
    <message>
        <source>The oldest goes first.</source>
        <translation>最旧的先删除。</translation>
    </message>
    <message>
        <source>What jobs and scripts may do</source>
        <translation>作业和脚本的权限</translation>
    </message>
    <message>
        <source>Programs that may be started</source>
        <translation>允许启动的程序</translation>
    </message>
    <message>
        <source>Names or absolute paths, one a line. Accounts that run a script obey it too.</source>
        <translation>程序名或绝对路径，每行一个。运行脚本的账户同样遵守。</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Jobs may ask for a shell</source>
        <translation>作业可以使用 shell</translation>
    </message>
    <message>
        <source>A shell starts whatever it is told to.</source>
        <translation>shell 可以启动任何程序。</translation>
    </message>
    <message>
        <source>Folders that containers may see</source>
        <translation>容器可见的文件夹</translation>
    </message>
    <message>
        <source>Absolute paths, one a line. None: no folder of this machine.</source>
        <translation>绝对路径，每行一个。留空：本机文件夹均不可见。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>JoinDialog</name>
    <message>
        <source>How {name} joins</source>
        <translation>{name} 如何加入</translation>
    </message>
    <message>
        <source>Watchkeeper does not start this worker: start it where it is to run, with its token.</source>
        <translation>Watchkeeper 不会启动此工作进程：请在它要运行的地方用它的令牌启动。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Where Watchkeeper is installed</source>
        <translation>在装有 Watchkeeper 的地方</translation>
    </message>
    <message>
        <source>{file} is the path of the file that has the token.</source>
        <translation>{file} 是存放令牌的文件的路径。</translation>
    </message>
    <message>
        <source>In a container</source>
        <translation>在容器中</translation>
    </message>
    <message>
        <source>On another computer, a tunnel first</source>
        <translation>在另一台计算机上，先建立隧道</translation>
    </message>
    <message>
        <source>The master listens on its own computer alone, which is {host} here. The tunnel leads there; while it is open, the commands above work on the other computer as they are.</source>
        <translation>主控只在它自己的计算机（此处的 {host}）上监听。隧道通向那里；隧道打开期间，上面的命令可原样在另一台计算机上使用。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Make token</source>
        <translation>创建令牌</translation>
    </message>
    <message>
        <source>It has no token yet.</source>
        <translation>它还没有令牌。</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) of it are valid, and stay so. They end in Settings, Security.</source>
        <translation>
            <numerusform>它有 %n 个有效令牌，它们会继续有效。可在“设置”的“安全”中撤销。</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy it now: it is kept as a hash alone and cannot be shown again. Save it in a file that only the worker&apos;s user can read.</source>
        <translation>请立即复制：它只以哈希形式保存，无法再次显示。请把它存到只有工作进程的用户才能读取的文件中。</translation>
    </message>
</context>
<context>
    <name>KeepDaysInput</name>
    <message>
        <source>Days from 1 to {most}, or nothing: {kinds}.</source>
        <translation>请输入 1 到 {most} 天，或留空：{kinds}。</translation>
    </message>
</context>
<context>
    <name>LanguageSection</name>
    <message>
        <source>Language and theme</source>
        <translation>语言和主题</translation>
    </message>
    <message>
        <source>Both count at once.</source>
        <translation>两项均立即生效。</translation>
    </message>
</context>
<context>
    <name>LanguageSettings</name>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Dates and numbers are written as the system&apos;s region writes them.</source>
        <translation>日期和数字按系统区域格式显示。</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>“Same as the system” changes with it, at nightfall too.</source>
        <translation>“跟随系统”会随系统一起切换，包括入夜时。</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>LatencyCard</name>
    <message>
        <source>How long checks take</source>
        <translation>检查用时</translation>
    </message>
    <message>
        <source>From found to shown</source>
        <translation>从发现到提醒</translation>
    </message>
    <message>
        <source>95 % within</source>
        <translation>95% 不超过</translation>
    </message>
    <message>
        <source>half within</source>
        <translation>半数不超过</translation>
    </message>
    <message>
        <source>nothing measured</source>
        <translation>尚无数据</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Its authors brought no text along; its page has it.</source>
        <translation>作者未随附全文；请见其网页。</translation>
    </message>
</context>
<context>
    <name>LinkOpener</name>
    <message>
        <source>This link leads nowhere</source>
        <translation>此链接没有指向任何内容</translation>
    </message>
    <message>
        <source>“{link}” is no link of Watchkeeper. One to an item looks like watchkeeper://item/5.</source>
        <translation>“{link}”不是 Watchkeeper 的链接。指向条目的链接形如 watchkeeper://item/5。</translation>
    </message>
    <message>
        <source>What this link leads to is not here</source>
        <translation>此链接指向的内容不在这里</translation>
    </message>
    <message>
        <source>It was deleted, or the link is of another profile.</source>
        <translation>它已被删除，或者该链接属于另一份配置。</translation>
    </message>
</context>
<context>
    <name>ListDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ListPage</name>
    <message>
        <source>Switch off</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>ListPane</name>
    <message>
        <source>This could not be loaded</source>
        <translation>无法加载</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>ListPanel</name>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
</context>
<context>
    <name>LoadedTable</name>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
</context>
<context>
    <name>LockScreen</name>
    <message>
        <source>Watchkeeper is locked</source>
        <translation>Watchkeeper 已锁定</translation>
    </message>
    <message>
        <source>It watches on. Type your passphrase to see what it found.</source>
        <translation>它仍在监视。输入密码短语即可查看新内容。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码短语</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>That is not the passphrase.</source>
        <translation>密码短语不正确。</translation>
    </message>
    <message>
        <source>The file of the lock is damaged: {detail}. Quit Watchkeeper and delete {path} to open it.</source>
        <translation>锁定文件已损坏：{detail}。请退出 Watchkeeper 并删除 {path} 以解除锁定。</translation>
    </message>
    <message numerus="yes">
        <source>That was wrong a few times. Try again in %n second(s).</source>
        <translation>
            <numerusform>多次输入错误。请在 %n 秒后重试。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogTab</name>
    <message>
        <source>Search these lines</source>
        <translation>搜索这些日志</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>所有级别</translation>
    </message>
    <message>
        <source>{level} and above</source>
        <translation>{level}及以上</translation>
    </message>
    <message>
        <source>Stream</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Both streams</source>
        <translation>两种输出</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Lines of this worker</source>
        <translation>此工作进程的日志行</translation>
    </message>
    <message>
        <source>No line fits.</source>
        <translation>没有符合条件的行。</translation>
    </message>
    <message>
        <source>Show all lines</source>
        <translation>显示所有行</translation>
    </message>
    <message>
        <source>Nothing has been printed yet.</source>
        <translation>还没有任何输出。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再看一次</translation>
    </message>
</context>
<context>
    <name>LogTableModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>LoginDialog</name>
    <message>
        <source>Sign in to {name}</source>
        <translation>登录 {name}</translation>
    </message>
    <message>
        <source>Type it instead</source>
        <translation>改为手动输入</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>{minutes}:{seconds} left</source>
        <translation>剩余 {minutes}:{seconds}</translation>
    </message>
    <message>
        <source>code number {count}</source>
        <translation>第 {count} 个二维码</translation>
    </message>
    <message>
        <source>This page was not opened: {url}</source>
        <translation>未打开此页面：{url}</translation>
    </message>
</context>
<context>
    <name>LoginStartRow</name>
    <message>
        <source>Start Watchkeeper when I log in</source>
        <translation>登录系统时启动 Watchkeeper</translation>
    </message>
    <message>
        <source>It starts in the tray. The switch is the system&apos;s own.</source>
        <translation>启动后停留在托盘。此开关由系统保存。</translation>
    </message>
    <message>
        <source>Not offered here: a start at login has nobody to ask for a passphrase or another master.</source>
        <translation>此处不可用：登录时启动无人输入密码短语，也无法选择其他主控。</translation>
    </message>
    <message>
        <source>The system did not take it: {reason}</source>
        <translation>系统未接受：{reason}</translation>
    </message>
</context>
<context>
    <name>LoginsPanel</name>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>How it stands</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Sign-ins</source>
        <translation>登录会话</translation>
    </message>
    <message>
        <source>Go on…</source>
        <translation>继续…</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Nobody is signing in now.</source>
        <translation>当前没有正在进行的登录。</translation>
    </message>
    <message>
        <source>{span} left</source>
        <translation>剩余 {span}</translation>
    </message>
</context>
<context>
    <name>LogsPage</name>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>所有级别</translation>
    </message>
    <message>
        <source>{level} and above</source>
        <translation>{level}及以上</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>所有来源</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>搜索日志</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Stay at the newest line</source>
        <translation>停留在最新一行</translation>
    </message>
    <message>
        <source>Lines of the log</source>
        <translation>日志行</translation>
    </message>
    <message>
        <source>The whole line</source>
        <translation>完整内容</translation>
    </message>
    <message>
        <source>No line yet</source>
        <translation>暂无日志</translation>
    </message>
    <message>
        <source>Lines of the master and the workers appear here.</source>
        <translation>主控和工作进程的日志会显示在这里。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再看一次</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {total} lines</source>
        <translation>{total} 行中的 {shown} 行</translation>
    </message>
    <message>
        <source>searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message numerus="yes">
        <source>paused, %n waiting</source>
        <translation>
            <numerusform>已暂停，%n 行等待</numerusform>
        </translation>
    </message>
    <message>
        <source>following</source>
        <translation>跟随中</translation>
    </message>
    <message>
        <source>Go on with the log</source>
        <translation>继续日志</translation>
    </message>
    <message>
        <source>Pause the log</source>
        <translation>暂停日志</translation>
    </message>
    <message>
        <source>Follow the log</source>
        <translation>跟随日志</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Something failed in this window</source>
        <translation>此窗口中出现错误</translation>
    </message>
    <message>
        <source>It goes on. What happened stands in the log.</source>
        <translation>窗口继续运行，详情见日志。</translation>
    </message>
    <message>
        <source>This page failed</source>
        <translation>此页面出错</translation>
    </message>
</context>
<context>
    <name>MapInput</name>
    <message>
        <source>Not Name: value: line {numbers}.</source>
        <translation>不是“名称: 值”的格式：第 {numbers} 行。</translation>
    </message>
</context>
<context>
    <name>MomentDialog</name>
    <message>
        <source>Day and time</source>
        <translation>日期和时间</translation>
    </message>
    <message>
        <source>This moment has passed. Choose a later one.</source>
        <translation>此时刻已过。请选择更晚的时刻。</translation>
    </message>
    <message numerus="yes">
        <source>At most %n day(s) from now.</source>
        <translation>
            <numerusform>最多从现在起 %n 天。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MoreButton</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Save this search…</source>
        <translation>保存此搜索…</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>Export as JSON…</source>
        <translation>导出为 JSON…</translation>
    </message>
</context>
<context>
    <name>MoveInDialog</name>
    <message>
        <source>Import {name}</source>
        <translation>导入 {name}</translation>
    </message>
    <message>
        <source>Passphrase of the file</source>
        <translation>文件的密码短语</translation>
    </message>
    <message>
        <source>What is here already, with other values</source>
        <translation>本机已有但值不同的内容</translation>
    </message>
    <message>
        <source>Stays as it is here</source>
        <translation>保持本机的值</translation>
    </message>
    <message>
        <source>Becomes as it is in the file</source>
        <translation>改为文件中的值</translation>
    </message>
    <message>
        <source>Is filled in where it is empty here</source>
        <translation>仅填补本机为空的部分</translation>
    </message>
    <message>
        <source>Look at it first</source>
        <translation>先检查</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>The file cannot be read: {detail}</source>
        <translation>无法读取文件：{detail}</translation>
    </message>
    <message>
        <source>Made {time}.</source>
        <translation>创建于 {time}。</translation>
    </message>
    <message>
        <source>It has neither credentials nor the ledger: what is there now is told of again.</source>
        <translation>其中既没有凭据也没有已发现记录：现有内容会再次提醒。</translation>
    </message>
    <message>
        <source>The file is imported. The watch goes on in a moment.</source>
        <translation>文件已导入，监视稍后继续。</translation>
    </message>
    <message>
        <source>{noun}: {new} new, {same} the same, {conflicts} different</source>
        <translation>{noun}：新增 {new}，相同 {same}，不同 {conflicts}</translation>
    </message>
    <message>
        <source>{count} with their credentials</source>
        <translation>{count} 个带有凭据</translation>
    </message>
    <message>
        <source>{count} items known as found</source>
        <translation>{count} 个已发现的条目</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Schedules</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Credentials</source>
        <translation>凭据</translation>
    </message>
    <message>
        <source>Searches</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>MoveOutDialog</name>
    <message>
        <source>Export everything</source>
        <translation>导出全部</translation>
    </message>
    <message>
        <source>One file with accounts, groups, rules and schedules. With a passphrase it also has the credentials, and all that is known as found: on the new machine nothing is told again.</source>
        <translation>一个包含账户、分组、规则和计划的文件。设置密码短语后还包含凭据和全部已发现记录：在新电脑上不会重复提醒。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码短语</translation>
    </message>
    <message>
        <source>At least 8 characters. Without it nobody can open the file, we neither.</source>
        <translation>至少 8 个字符。没有它，任何人（包括我们）都无法打开文件。</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再输入一次</translation>
    </message>
    <message>
        <source>Choose a place…</source>
        <translation>选择位置…</translation>
    </message>
    <message>
        <source>At least 8 characters, please.</source>
        <translation>请至少输入 8 个字符。</translation>
    </message>
    <message>
        <source>This is not the same.</source>
        <translation>两次输入不一致。</translation>
    </message>
    <message>
        <source>The file could not be written: {detail}</source>
        <translation>无法写入文件：{detail}</translation>
    </message>
    <message>
        <source>{size} KB</source>
        <translation>{size} KB</translation>
    </message>
    <message>
        <source>Written: {path} ({size})</source>
        <translation>已写入：{path}（{size}）</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MuteRow</name>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>End now</source>
        <translation>立即结束</translation>
    </message>
    <message>
        <source>End the mute now</source>
        <translation>立即结束静音</translation>
    </message>
    <message>
        <source>Nothing is muted.</source>
        <translation>未静音。</translation>
    </message>
    <message>
        <source>Everything is muted until you end it; it is told then, together.</source>
        <translation>一切都已静音，直到您取消；届时会一并提醒。</translation>
    </message>
    <message>
        <source>Everything is muted until {time}; it is told then, together.</source>
        <translation>全部静音至 {time}，届时合并通知。</translation>
    </message>
</context>
<context>
    <name>NeedList</name>
    <message>
        <source>To begin</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>No account is watched yet</source>
        <translation>尚未监视任何账户</translation>
    </message>
    <message>
        <source>Add a mailbox, a feed or a page: what is new there appears within seconds.</source>
        <translation>添加邮箱、订阅源或网页：新内容几秒内就会出现。</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Checks have stopped until you sign in.</source>
        <translation>登录之前已停止检查。</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>重新登录</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message numerus="yes">
        <source>%n more account(s) need sign-in</source>
        <translation>
            <numerusform>另有 %n 个账户需要登录</numerusform>
        </translation>
    </message>
    <message>
        <source>{host} is down</source>
        <translation>{host} 无法连接</translation>
    </message>
    <message>
        <source>This computer has no network</source>
        <translation>这台电脑没有网络</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) wait for it</source>
        <translation>
            <numerusform>%n 个账户在等待</numerusform>
        </translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message numerus="yes">
        <source>%n more server(s) are down</source>
        <translation>
            <numerusform>另有 %n 台服务器无法连接</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more account(s) cannot be reached</source>
        <translation>
            <numerusform>另有 %n 个账户无法连接</numerusform>
        </translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message numerus="yes">
        <source>%n more account(s)</source>
        <translation>
            <numerusform>另有 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message numerus="yes">
        <source>%n unread item(s)</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message>
        <source>Open inbox</source>
        <translation>打开收件箱</translation>
    </message>
    <message numerus="yes">
        <source>%n more worker(s) do not work</source>
        <translation>
            <numerusform>另有 %n 个工作进程不工作</numerusform>
        </translation>
    </message>
    <message>
        <source>Its accounts were taken over.</source>
        <translation>它的账户已被接管。</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>Open worker</source>
        <translation>打开工作进程</translation>
    </message>
    <message numerus="yes">
        <source>%n more open alert(s)</source>
        <translation>
            <numerusform>另有 %n 条未处理的告警</numerusform>
        </translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>The keyring is locked</source>
        <translation>密钥环已锁定</translation>
    </message>
    <message>
        <source>There is no keyring</source>
        <translation>没有密钥环</translation>
    </message>
    <message>
        <source>Credentials cannot be read or stored until it is there.</source>
        <translation>在它可用之前，无法读取或保存凭据。</translation>
    </message>
    <message>
        <source>System status</source>
        <translation>系统状态</translation>
    </message>
    <message numerus="yes">
        <source>%n more failed job(s)</source>
        <translation>
            <numerusform>另有 %n 个失败的作业</numerusform>
        </translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>再次运行</translation>
    </message>
    <message numerus="yes">
        <source>%n more schedule(s) did not run</source>
        <translation>
            <numerusform>另有 %n 个计划没有运行</numerusform>
        </translation>
    </message>
    <message>
        <source>It was due at {time}.</source>
        <translation>原定于 {time} 运行。</translation>
    </message>
    <message>
        <source>Run now</source>
        <translation>立即运行</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>The backup failed</source>
        <translation>备份失败</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Watchkeeper {version} is there</source>
        <translation>Watchkeeper {version} 已发布</translation>
    </message>
    <message>
        <source>What is new in it, and how to get it, stands in About.</source>
        <translation>新内容和获取方式见“关于”。</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>新内容</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>NeedRow</name>
    <message>
        <source>{action}: {name}</source>
        <translation>{action}：{name}</translation>
    </message>
</context>
<context>
    <name>NeedsCard</name>
    <message>
        <source>Needs you</source>
        <translation>需要你处理</translation>
    </message>
    <message>
        <source>Nothing needs you</source>
        <translation>没有需要你处理的事</translation>
    </message>
</context>
<context>
    <name>NotificationWays</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>This is how Watchkeeper tells you</source>
        <translation>Watchkeeper 就是这样通知您的</translation>
    </message>
    <message>
        <source>A click opens what is new.</source>
        <translation>点击即可打开新内容。</translation>
    </message>
</context>
<context>
    <name>NotificationWords</name>
    <message>
        <source>New</source>
        <translation>新</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>已读</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>已暂缓</translation>
    </message>
    <message>
        <source>Not told</source>
        <translation>未通知</translation>
    </message>
    <message>
        <source>Snoozed</source>
        <translation>稍后提醒</translation>
    </message>
    <message>
        <source>Put away</source>
        <translation>已收起</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Watchkeeper</source>
        <translation>Watchkeeper</translation>
    </message>
    <message>
        <source>until {time}</source>
        <translation>至 {time}</translation>
    </message>
    <message>
        <source>urgent</source>
        <translation>紧急</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>静默</translation>
    </message>
</context>
<context>
    <name>NotificationsSection</name>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>What is told of all is decided by the rules; here stands how it is told.</source>
        <translation>通知哪些内容由规则决定，这里设置如何通知。</translation>
    </message>
    <message>
        <source>Rules…</source>
        <translation>规则…</translation>
    </message>
    <message>
        <source>Quiet hours…</source>
        <translation>免打扰…</translation>
    </message>
</context>
<context>
    <name>NotificationsSettings</name>
    <message>
        <source>What is told</source>
        <translation>通知内容</translation>
    </message>
    <message>
        <source>Mute everything for a time</source>
        <translation>全部静音一段时间</translation>
    </message>
    <message>
        <source>Notify me</source>
        <translation>通知我</translation>
    </message>
    <message>
        <source>Otherwise everything is found and kept, and nothing is told.</source>
        <translation>否则仍会发现并保留内容，但不发通知。</translation>
    </message>
    <message>
        <source>With sound</source>
        <translation>播放声音</translation>
    </message>
    <message>
        <source>On this computer. A rule may say for itself that it is silent.</source>
        <translation>仅限本机。规则也可单独设为静默。</translation>
    </message>
    <message>
        <source>Show account and kind, not what was written</source>
        <translation>只显示账户和类型，不显示内容</translation>
    </message>
    <message>
        <source>For screens that others see.</source>
        <translation>适合他人能看到的屏幕。</translation>
    </message>
    <message>
        <source>Many at once</source>
        <translation>短时间大量通知</translation>
    </message>
    <message>
        <source>Of one account, tell at most</source>
        <translation>每个账户最多通知</translation>
    </message>
    <message>
        <source>What is beyond comes as one message: “7 more”.</source>
        <translation>超出部分合并为一条消息：“另有 7 条”。</translation>
    </message>
    <message>
        <source>items</source>
        <translation>条</translation>
    </message>
    <message>
        <source>Within</source>
        <translation>在此时间内</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Afterwards</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Mark as read at the service too</source>
        <translation>同时在服务端标为已读</translation>
    </message>
    <message>
        <source>What is read here is read there, where the platform can do it.</source>
        <translation>在平台支持时，此处已读即彼处已读。</translation>
    </message>
    <message>
        <source>What was told, and why not, is kept for</source>
        <translation>通知记录及未通知的原因保留</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
</context>
<context>
    <name>NotificationsView</name>
    <message>
        <source>Any state</source>
        <translation>任何状态</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>About anything</source>
        <translation>任何内容</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Put all away…</source>
        <translation>全部收起…</translation>
    </message>
    <message>
        <source>Snooze…</source>
        <translation>稍后提醒…</translation>
    </message>
    <message>
        <source>Put away</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Next notification</source>
        <translation>下一条通知</translation>
    </message>
    <message>
        <source>Previous notification</source>
        <translation>上一条通知</translation>
    </message>
    <message>
        <source>Open what the notification tells of</source>
        <translation>打开通知所指的内容</translation>
    </message>
    <message>
        <source>Snooze the notification</source>
        <translation>稍后提醒此通知</translation>
    </message>
    <message>
        <source>Put the notification away</source>
        <translation>收起此通知</translation>
    </message>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n 个新的</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing new</source>
        <translation>没有新的</translation>
    </message>
    <message numerus="yes">
        <source>%n held or snoozed</source>
        <translation>
            <numerusform>%n 个已暂缓或稍后提醒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not told</source>
        <translation>
            <numerusform>%n 个未通知</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in all</source>
        <translation>
            <numerusform>共 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>What is told, and what is kept quiet and why, is listed here.</source>
        <translation>已通知的，以及未通知的和原因，都列在这里。</translation>
    </message>
    <message>
        <source>Nothing was told yet</source>
        <translation>还没有任何通知</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再看一次</translation>
    </message>
    <message>
        <source>No notification fits</source>
        <translation>没有符合的通知</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Snoozed until {time}</source>
        <translation>稍后提醒，至 {time}</translation>
    </message>
    <message>
        <source>Snooze</source>
        <translation>稍后提醒</translation>
    </message>
    <message numerus="yes">
        <source>%n marked read</source>
        <translation>
            <numerusform>已将 %n 个标为已读</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n put away</source>
        <translation>
            <numerusform>已收起 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Put the notifications away?</source>
        <translation>收起通知？</translation>
    </message>
    <message>
        <source>What was told leaves the list of new ones. The items themselves stay, and so does this history.</source>
        <translation>已通知的将不再显示为新的。条目本身和此历史都会保留。</translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message numerus="yes">
        <source>%n notifications while you were away</source>
        <translation>
            <numerusform>您离开期间有 %n 条通知</numerusform>
        </translation>
    </message>
    <message>
        <source>Something new</source>
        <translation>有新内容</translation>
    </message>
    <message>
        <source>Watchkeeper is locked.</source>
        <translation>Watchkeeper 已锁定。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Mark as read</source>
        <translation>标为已读</translation>
    </message>
    <message>
        <source>Snooze 15 min</source>
        <translation>15 分钟后提醒</translation>
    </message>
</context>
<context>
    <name>OutputTab</name>
    <message>
        <source>Stream</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Search the output</source>
        <translation>搜索输出</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copies what is marked; all lines that are shown when nothing is</source>
        <translation>复制选中的内容；未选中时复制显示的所有行</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误输出</translation>
    </message>
    <message>
        <source>Run {number} of {total}</source>
        <translation>第 {number} 次运行，共 {total} 次</translation>
    </message>
    <message>
        <source>{which} of {count}</source>
        <translation>第 {which} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>It never ran: there is no output.</source>
        <translation>它从未运行：没有输出。</translation>
    </message>
    <message>
        <source>It printed nothing here.</source>
        <translation>它在这里没有输出任何内容。</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>无法加载</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>{size} before this are left out here; Save as… has what was kept</source>
        <translation>此前的 {size} 未在此显示；“另存为…”包含保留下来的部分</translation>
    </message>
    <message>
        <source>Nothing printed yet.</source>
        <translation>还没有输出。</translation>
    </message>
    <message>
        <source>{size} were not kept</source>
        <translation>{size} 未保留</translation>
    </message>
    <message>
        <source>Save the output</source>
        <translation>保存输出</translation>
    </message>
    <message>
        <source>The output could not be saved</source>
        <translation>无法保存输出</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>OverviewActions</name>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n 个账户无法检查</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>{name} was started</source>
        <translation>{name} 已启动</translation>
    </message>
    <message>
        <source>A backup was made</source>
        <translation>已完成备份</translation>
    </message>
</context>
<context>
    <name>OverviewCard</name>
    <message>
        <source>This part failed: {reason}</source>
        <translation>此部分出错：{reason}</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在载入</translation>
    </message>
</context>
<context>
    <name>OverviewModel</name>
    <message>
        <source>Started at {time}</source>
        <translation>{time} 启动</translation>
    </message>
    <message>
        <source>the master before ended without warning</source>
        <translation>之前的主控意外结束</translation>
    </message>
    <message>
        <source>nothing had to be repaired</source>
        <translation>无需修复</translation>
    </message>
    <message>
        <source>Nothing is watched yet.</source>
        <translation>还没有检查任何内容。</translation>
    </message>
    <message>
        <source>Nothing is watched: no worker runs</source>
        <translation>没有检查任何内容：没有工作进程在运行</translation>
    </message>
    <message numerus="yes">
        <source>All %n account(s) are watched</source>
        <translation>
            <numerusform>全部 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>{watched} of {total} accounts are watched</source>
        <translation>{total} 个账户中的 {watched} 个</translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) sign-in</source>
        <translation>
            <numerusform>%n 个需要登录</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n 个无法连接</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stale</source>
        <translation>
            <numerusform>%n 个久未检查</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n 个已暂停</numerusform>
        </translation>
    </message>
    <message>
        <source>{worker} gave up</source>
        <translation>{worker} 已放弃</translation>
    </message>
    <message>
        <source>{worker} does not answer</source>
        <translation>{worker} 没有响应</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) failed</source>
        <translation>
            <numerusform>%n 个作业失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>by %n worker(s)</source>
        <translation>
            <numerusform>正由 %n 个工作进程检查</numerusform>
        </translation>
    </message>
    <message>
        <source>last check just now</source>
        <translation>刚刚检查过</translation>
    </message>
    <message>
        <source>last check {age} ago</source>
        <translation>{age}前检查过</translation>
    </message>
    <message>
        <source>The first check is on its way.</source>
        <translation>首次检查即将开始。</translation>
    </message>
    <message>
        <source>Last check just now.</source>
        <translation>刚刚检查过。</translation>
    </message>
    <message>
        <source>Last check {age} ago, at {time}.</source>
        <translation>上次检查在 {age}前（{time}）。</translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation>24 小时</translation>
    </message>
    <message>
        <source>Time that the charts show</source>
        <translation>图表所示的时间范围</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>What the last start found</source>
        <translation>上次启动发现了什么</translation>
    </message>
    <message>
        <source>Charts of the last hour</source>
        <translation>最近 1 小时的图表</translation>
    </message>
    <message>
        <source>Charts of the last 24 hours</source>
        <translation>最近 24 小时的图表</translation>
    </message>
    <message>
        <source>Jobs, schedules and backups could not be looked at.</source>
        <translation>无法查看作业、计划和备份。</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>This could not be loaded</source>
        <translation>无法载入</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>PageTable</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Inbox</source>
        <translation>收件箱</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Schedules</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>What fits</source>
        <translation>匹配结果</translation>
    </message>
    <message>
        <source>Nothing fits</source>
        <translation>没有匹配项</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>↑ ↓ choose</source>
        <translation>↑ ↓ 选择</translation>
    </message>
    <message>
        <source>Enter opens</source>
        <translation>Enter 打开</translation>
    </message>
    <message>
        <source>Enter does it</source>
        <translation>Enter 执行</translation>
    </message>
    <message>
        <source>Esc goes back</source>
        <translation>Esc 返回</translation>
    </message>
    <message>
        <source>Tab shows what else can be done</source>
        <translation>Tab 显示更多操作</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc 关闭</translation>
    </message>
</context>
<context>
    <name>PaletteRows</name>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved search</source>
        <translation>已保存的搜索</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
</context>
<context>
    <name>PaletteVerbs</name>
    <message>
        <source>open, show</source>
        <translation>打开, 显示, 查看</translation>
    </message>
    <message>
        <source>edit, change</source>
        <translation>编辑, 修改, 更改</translation>
    </message>
    <message>
        <source>delete, remove</source>
        <translation>删除, 移除</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>resume, continue</source>
        <translation>恢复, 继续</translation>
    </message>
    <message>
        <source>check</source>
        <translation>检查, 立即检查</translation>
    </message>
    <message>
        <source>sign in, log in</source>
        <translation>登录, 重新登录</translation>
    </message>
    <message>
        <source>assign, move</source>
        <translation>分配, 移动</translation>
    </message>
    <message>
        <source>history</source>
        <translation>历史, 历史记录</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>restart</source>
        <translation>重启, 重新启动</translation>
    </message>
    <message>
        <source>kill</source>
        <translation>强制结束, 终止, 杀死</translation>
    </message>
    <message>
        <source>logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>run, run now, run again</source>
        <translation>运行, 立即运行, 再次运行, 重新运行</translation>
    </message>
    <message>
        <source>cancel, stop</source>
        <translation>取消, 停止</translation>
    </message>
    <message>
        <source>enable, switch on</source>
        <translation>启用, 打开, 开启</translation>
    </message>
    <message>
        <source>disable, switch off</source>
        <translation>停用, 关闭, 禁用</translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <source>Set a passphrase</source>
        <translation>设置密码短语</translation>
    </message>
    <message>
        <source>Remove the passphrase</source>
        <translation>移除密码短语</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>更改密码短语</translation>
    </message>
    <message>
        <source>Remove passphrase</source>
        <translation>移除密码短语</translation>
    </message>
    <message>
        <source>Save passphrase</source>
        <translation>保存密码短语</translation>
    </message>
    <message>
        <source>The window then opens for whoever sits at this computer.</source>
        <translation>此后任何坐在这台电脑前的人都能打开窗口。</translation>
    </message>
    <message>
        <source>It keeps out who sits down at this computer while you are away. It does not protect from programs that run as you, nor from who can read your files: for that, lock the computer and encrypt its disk. Forgotten, it cannot be shown again: quit, and delete lock.json in the profile folder.</source>
        <translation>它能在您离开时防止他人坐到电脑前查看。它不能防范以您的身份运行的程序，也不能防范能读取您文件的人：为此请锁定电脑并加密磁盘。忘记后无法找回：请退出，并删除配置文件夹中的 lock.json。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码短语</translation>
    </message>
    <message>
        <source>Passphrase until now</source>
        <translation>当前密码短语</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新密码短语</translation>
    </message>
    <message>
        <source>At least {count} characters; some words are better than one.</source>
        <translation>至少 {count} 个字符；几个词胜过一个。</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>At least {count} characters, please.</source>
        <translation>请至少输入 {count} 个字符。</translation>
    </message>
    <message>
        <source>This is another one.</source>
        <translation>两次输入不一致。</translation>
    </message>
    <message>
        <source>That is not the passphrase.</source>
        <translation>密码短语不正确。</translation>
    </message>
    <message numerus="yes">
        <source>That was wrong a few times. Try again in %n second(s).</source>
        <translation>
            <numerusform>多次输入错误。请在 %n 秒后重试。</numerusform>
        </translation>
    </message>
    <message>
        <source>The file of the lock is damaged: {detail}. Quit Watchkeeper and delete {path} to open it.</source>
        <translation>锁定文件已损坏：{detail}。请退出 Watchkeeper 并删除 {path} 以解除锁定。</translation>
    </message>
    <message>
        <source>The profile cannot be written: {detail}</source>
        <translation>无法写入配置：{detail}</translation>
    </message>
</context>
<context>
    <name>PauseMenu</name>
    <message>
        <source>For 1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>Until tomorrow, 9:00</source>
        <translation>到明天 9:00</translation>
    </message>
    <message>
        <source>Until…</source>
        <translation>到…</translation>
    </message>
    <message>
        <source>Pause until</source>
        <translation>暂停至</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
</context>
<context>
    <name>PicksInput</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
</context>
<context>
    <name>PlatformsCard</name>
    <message>
        <source>Platforms</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>No account yet.</source>
        <translation>还没有账户。</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in trouble</source>
        <translation>
            <numerusform>%n 个有问题</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n active</source>
        <translation>
            <numerusform>%n 个活动</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n 个已暂停</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PrintedModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>ProxiesPanel</name>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Answers in</source>
        <translation>响应时间</translation>
    </message>
    <message>
        <source>Success, 7 d</source>
        <translation>成功率 7 天</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>New proxy…</source>
        <translation>新建代理…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>There is no proxy. An account, or a group, may be watched through one.</source>
        <translation>还没有代理。账户或分组可以通过代理监视。</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Its password is erased too.</source>
        <translation>其密码也会被删除。</translation>
    </message>
    <message>
        <source>Delete proxy</source>
        <translation>删除代理</translation>
    </message>
</context>
<context>
    <name>ProxiesSection</name>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Accounts and groups may be watched through one. Its name is resolved there where it can be.</source>
        <translation>账户和分组可以通过代理监视，域名尽可能由代理解析。</translation>
    </message>
</context>
<context>
    <name>ProxyDialog</name>
    <message>
        <source>New proxy</source>
        <translation>新建代理</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Add proxy</source>
        <translation>添加代理</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>HTTP (CONNECT)</source>
        <translation>HTTP (CONNECT)</translation>
    </message>
    <message>
        <source>SOCKS5: it resolves names itself</source>
        <translation>SOCKS5：由代理解析域名</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Empty: it wants none.</source>
        <translation>留空：不需要。</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Empty: the stored one stays.</source>
        <translation>留空：保留已存的密码。</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
</context>
<context>
    <name>QrCode</name>
    <message>
        <source>QR code</source>
        <translation>二维码</translation>
    </message>
</context>
<context>
    <name>QuietDialog</name>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰</translation>
    </message>
    <message>
        <source>Hold what is not urgent during these hours</source>
        <translation>在以下时段暂缓不紧急的通知</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>Show account and kind, not what was written</source>
        <translation>只显示账户和类型，不显示内容</translation>
    </message>
    <message>
        <source>Of one account, tell at most</source>
        <translation>每个账户最多通知</translation>
    </message>
    <message>
        <source>What is beyond comes as one message: “7 more”.</source>
        <translation>超出部分合并为一条消息：“另有 7 条”。</translation>
    </message>
    <message>
        <source>items</source>
        <translation>条</translation>
    </message>
    <message>
        <source>That of this computer ({zone})</source>
        <translation>本机时区（{zone}）</translation>
    </message>
    <message>
        <source>Within</source>
        <translation>在此时间内</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>时段</translation>
    </message>
    <message>
        <source>The quiet hours could not be loaded. Close this and try again.</source>
        <translation>无法加载免打扰设置。请关闭后重试。</translation>
    </message>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n 条暂缓</numerusform>
        </translation>
    </message>
    <message>
        <source>Now: {words}</source>
        <translation>当前：{words}</translation>
    </message>
    <message>
        <source>Choose at least one day for each of these hours.</source>
        <translation>请为每个时段至少选择一天。</translation>
    </message>
    <message>
        <source>A number, please.</source>
        <translation>请输入数字。</translation>
    </message>
</context>
<context>
    <name>QuietPlanBox</name>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰</translation>
    </message>
    <message>
        <source>Never quiet</source>
        <translation>从不免打扰</translation>
    </message>
    <message>
        <source>Hours of its own</source>
        <translation>自定时段</translation>
    </message>
    <message>
        <source>Add hours, or choose that it is never quiet.</source>
        <translation>请添加时段，或选择从不免打扰。</translation>
    </message>
    <message>
        <source>Choose at least one day for each of these hours.</source>
        <translation>请为每个时段至少选择一天。</translation>
    </message>
</context>
<context>
    <name>QuietSection</name>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰</translation>
    </message>
    <message>
        <source>What is not urgent is held during these hours and told together at their end.</source>
        <translation>在这些时段内，不紧急的通知会暂缓，结束时合并通知。</translation>
    </message>
    <message>
        <source>Hold what is not urgent during these hours</source>
        <translation>在以下时段暂缓不紧急的通知</translation>
    </message>
    <message>
        <source>That of this computer ({zone})</source>
        <translation>本机时区（{zone}）</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>The quiet hours could not be loaded.</source>
        <translation>无法加载免打扰设置。</translation>
    </message>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n 条暂缓</numerusform>
        </translation>
    </message>
    <message>
        <source>Now: {words}</source>
        <translation>当前：{words}</translation>
    </message>
    <message>
        <source>The master does not answer: this can be changed once it does.</source>
        <translation>主控无响应，恢复后才能更改。</translation>
    </message>
    <message>
        <source>They were changed elsewhere meanwhile.</source>
        <translation>期间已在别处更改。</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Take those</source>
        <translation>采用别处的</translation>
    </message>
    <message>
        <source>Choose at least one day for each of these hours.</source>
        <translation>请为每个时段至少选择一天。</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message numerus="yes">
        <source>Quit while %n job(s) run?</source>
        <translation>
            <numerusform>有 %n 个作业在运行，要退出吗？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Left alone they go on without Watchkeeper, and their output and end are here when it is started again. What waits is kept, and starts then.</source>
        <translation>让它们继续的话，没有 Watchkeeper 也会运行下去；下次启动时，输出和结果都在这里。等待中的作业会保留，到时再开始。</translation>
    </message>
    <message>
        <source>Stop them</source>
        <translation>停止它们</translation>
    </message>
    <message>
        <source>Let them go on</source>
        <translation>让它们继续</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
</context>
<context>
    <name>RebalanceDialog</name>
    <message>
        <source>Even the workers out</source>
        <translation>均衡各工作进程</translation>
    </message>
    <message>
        <source>Looking at what would move…</source>
        <translation>正在查看需要移动的账户…</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>The workers are even. Nothing would move.</source>
        <translation>各工作进程已均衡，无需移动。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) would move.</source>
        <translation>
            <numerusform>将移动 %n 个账户。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n account(s)</source>
        <translation>
            <numerusform>移动 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>{before} → {after}</source>
        <translation>{before} → {after}</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Accounts of each worker, before and after</source>
        <translation>各工作进程的账户数（之前与之后）</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>The last start</source>
        <translation>上次启动</translation>
    </message>
    <message>
        <source>Started at {time}. The master before stopped in order.</source>
        <translation>{time} 启动。之前的主控正常停止。</translation>
    </message>
    <message>
        <source>Started at {time}. The master before ended without warning.</source>
        <translation>{time} 启动。之前的主控意外结束。</translation>
    </message>
    <message>
        <source>{repaired} of {examined}</source>
        <translation>{examined} 中的 {repaired}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ResourcesView</name>
    <message>
        <source>Slots of the workers</source>
        <translation>工作进程的槽位</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Slots</source>
        <translation>槽位</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Reservations</source>
        <translation>预留</translation>
    </message>
    <message>
        <source>No job holds a slot.</source>
        <translation>没有作业占用槽位。</translation>
    </message>
    <message>
        <source>Open Workers</source>
        <translation>打开工作进程</translation>
    </message>
    <message>
        <source>There is no worker, and so no slot for a job.</source>
        <translation>没有工作进程，因此没有可供作业使用的槽位。</translation>
    </message>
    <message>
        <source>{used} of {total} slots in use</source>
        <translation>{total} 个槽位中占用 {used} 个</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) waiting</source>
        <translation>
            <numerusform>%n 个作业在等待</numerusform>
        </translation>
    </message>
    <message>
        <source>Online</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>{used} of {total} slots</source>
        <translation>{total} 个槽位中占用 {used} 个</translation>
    </message>
    <message>
        <source>one job alone</source>
        <translation>仅一个作业独占</translation>
    </message>
    <message>
        <source>{used} of {total} MB</source>
        <translation>{total} MB 中已用 {used} MB</translation>
    </message>
    <message>
        <source>memory not counted</source>
        <translation>不计内存</translation>
    </message>
    <message>
        <source>{count} (alone)</source>
        <translation>{count}（独占）</translation>
    </message>
</context>
<context>
    <name>Restarts</name>
    <message>
        <source>The master has started anew, and watches again</source>
        <translation>主控已重新启动，监视继续</translation>
    </message>
    <message>
        <source>The backup is restored</source>
        <translation>备份已恢复</translation>
    </message>
    <message>
        <source>The backup was not restored</source>
        <translation>备份未能恢复</translation>
    </message>
</context>
<context>
    <name>RuleDialog</name>
    <message>
        <source>New rule</source>
        <translation>新建规则</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Add rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Invoices</source>
        <translation>发票</translation>
    </message>
    <message>
        <source>Words in title or text</source>
        <translation>标题或正文中的词</translation>
    </message>
    <message>
        <source>Divided by commas; upper and lower case are the same. Empty: anything.</source>
        <translation>用逗号分隔，不区分大小写。留空：任意内容。</translation>
    </message>
    <message>
        <source>invoice, bill</source>
        <translation>发票, 账单</translation>
    </message>
    <message>
        <source>Of these words</source>
        <translation>这些词</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>A part of the name.</source>
        <translation>名字的一部分。</translation>
    </message>
    <message>
        <source>Kinds</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>None chosen: all.</source>
        <translation>不选即全部。</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>处理方式</translation>
    </message>
    <message>
        <source>Tell me, as usual</source>
        <translation>照常通知</translation>
    </message>
    <message>
        <source>Urgent: tell me even in quiet hours</source>
        <translation>紧急：免打扰时段也通知</translation>
    </message>
    <message>
        <source>Silent: count it, without message and sound</source>
        <translation>静默：只计数，不弹出、不响铃</translation>
    </message>
    <message>
        <source>Ignore: only keep it in the history</source>
        <translation>忽略：仅保存在历史中</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>One is enough</source>
        <translation>出现一个即可</translation>
    </message>
    <message>
        <source>All must be there</source>
        <translation>必须全部出现</translation>
    </message>
    <message>
        <source>Without these words</source>
        <translation>不含这些词</translation>
    </message>
    <message>
        <source>Divided by commas.</source>
        <translation>用逗号分隔。</translation>
    </message>
    <message>
        <source>Whole words only</source>
        <translation>仅全词匹配</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Looked for in title and text. One that takes too long is switched off by itself.</source>
        <translation>在标题和正文中查找。耗时过长的会自动停用。</translation>
    </message>
    <message>
        <source>Accounts with a tag</source>
        <translation>带标签的账户</translation>
    </message>
    <message>
        <source>this rule</source>
        <translation>此规则</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>请输入名称。</translation>
    </message>
</context>
<context>
    <name>RuleTableModel</name>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>When</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>处理方式</translation>
    </message>
    <message>
        <source>Decided</source>
        <translation>命中</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
</context>
<context>
    <name>RuleTester</name>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Kind of the text</source>
        <translation>文本类型</translation>
    </message>
    <message>
        <source>Try it on the last {count}</source>
        <translation>用最近 {count} 条测试</translation>
    </message>
    <message>
        <source>A text to try it on</source>
        <translation>用于测试的文本</translation>
    </message>
    <message>
        <source>Paste a text here: its first line is the title.</source>
        <translation>在此粘贴文本：第一行作为标题。</translation>
    </message>
    <message>
        <source>First mend what is marked above.</source>
        <translation>请先修正上面标出的内容。</translation>
    </message>
    <message>
        <source>No rule decides: it is told.</source>
        <translation>没有规则命中：照常通知。</translation>
    </message>
    <message>
        <source>This rule decides.</source>
        <translation>此规则生效。</translation>
    </message>
    <message>
        <source>“{rule}” decides, as it comes first.</source>
        <translation>“{rule}”排在前面，由它决定。</translation>
    </message>
    <message>
        <source>It decides {count} of the last {total} items.</source>
        <translation>最近 {total} 条中有 {count} 条由它决定。</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>另有 {count} 个</translation>
    </message>
</context>
<context>
    <name>RuleWords</name>
    <message>
        <source>Tell</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>紧急</translation>
    </message>
    <message>
        <source>Silent</source>
        <translation>静默</translation>
    </message>
    <message>
        <source>Ignore</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>without {words}</source>
        <translation>不含 {words}</translation>
    </message>
    <message>
        <source>pattern {pattern}</source>
        <translation>模式 {pattern}</translation>
    </message>
    <message>
        <source>from {name}</source>
        <translation>来自 {name}</translation>
    </message>
    <message>
        <source>group {words}</source>
        <translation>分组 {words}</translation>
    </message>
    <message>
        <source>tag {words}</source>
        <translation>标签 {words}</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source> and </source>
        <translation> 和 </translation>
    </message>
    <message>
        <source> or </source>
        <translation> 或 </translation>
    </message>
    <message>
        <source>{words} as whole words</source>
        <translation>{words}（全词）</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} 等另外 {count} 个</translation>
    </message>
    <message>
        <source>daily</source>
        <translation>每天</translation>
    </message>
    <message>
        <source>no quiet hours</source>
        <translation>无免打扰时段</translation>
    </message>
    <message>
        <source>quiet until {time}</source>
        <translation>免打扰至 {time}</translation>
    </message>
    <message>
        <source>quiet from {time}</source>
        <translation>{time} 起免打扰</translation>
    </message>
</context>
<context>
    <name>RulesPage</name>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Search rules</source>
        <translation>搜索规则</translation>
    </message>
    <message>
        <source>Quiet hours…</source>
        <translation>免打扰…</translation>
    </message>
    <message>
        <source>New rule</source>
        <translation>新建规则</translation>
    </message>
    <message>
        <source>No rule fits this search</source>
        <translation>没有符合搜索的规则</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Everything new is told. A rule makes some of it urgent, silent, or leaves it out.</source>
        <translation>所有新内容都会通知。规则可以把其中一部分设为紧急、静默或忽略。</translation>
    </message>
    <message>
        <source>There is no rule yet</source>
        <translation>还没有规则</translation>
    </message>
    <message>
        <source>{on} of {total} switched on</source>
        <translation>{total} 条中已启用 {on} 条</translation>
    </message>
    <message>
        <source>Everything new is told</source>
        <translation>所有新内容都会通知</translation>
    </message>
    <message numerus="yes">
        <source>%n stopped by itself</source>
        <translation>
            <numerusform>%n 条已自动停用</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n 条暂缓</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n snoozed</source>
        <translation>
            <numerusform>%n 项稍后提醒</numerusform>
        </translation>
    </message>
    <message>
        <source>Edit the chosen rule</source>
        <translation>编辑所选规则</translation>
    </message>
    <message>
        <source>Switch the chosen rules on or off</source>
        <translation>启用或停用所选规则</translation>
    </message>
    <message>
        <source>Move the chosen rule up</source>
        <translation>上移所选规则</translation>
    </message>
    <message>
        <source>Move the chosen rule down</source>
        <translation>下移所选规则</translation>
    </message>
    <message>
        <source>Delete the chosen rules</source>
        <translation>删除所选规则</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n rules?</source>
        <translation>
            <numerusform>删除 %n 条规则？</numerusform>
        </translation>
    </message>
    <message>
        <source>What it decided so far stays as it is.</source>
        <translation>它此前的处理结果保持不变。</translation>
    </message>
    <message>
        <source>Delete rule</source>
        <translation>删除规则</translation>
    </message>
    <message>
        <source>Delete rules</source>
        <translation>删除规则</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s) deleted</source>
        <translation>
            <numerusform>已删除 %n 条规则</numerusform>
        </translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
</context>
<context>
    <name>RunnerCard</name>
    <message>
        <source>Fields: {names}</source>
        <translation>字段：{names}</translation>
    </message>
    <message>
        <source>uses {libraries}</source>
        <translation>使用 {libraries}</translation>
    </message>
    <message>
        <source>needs a credential</source>
        <translation>需要凭据</translation>
    </message>
    <message>
        <source>takes a credential</source>
        <translation>可使用凭据</translation>
    </message>
    <message>
        <source>New job</source>
        <translation>新建作业</translation>
    </message>
    <message>
        <source>New job: {runner}</source>
        <translation>新建作业：{runner}</translation>
    </message>
    <message>
        <source>{field} (required)</source>
        <translation>{field}（必填）</translation>
    </message>
</context>
<context>
    <name>RunnerDialog</name>
    <message>
        <source>No runner is known yet. The list comes from the workers; try again in a moment.</source>
        <translation>还没有已知的运行器。列表来自工作进程，请稍后再试。</translation>
    </message>
    <message>
        <source>No worker knows the runner {runner}.</source>
        <translation>没有工作进程认识运行器 {runner}。</translation>
    </message>
</context>
<context>
    <name>RunnersView</name>
    <message>
        <source>Runners</source>
        <translation>运行器</translation>
    </message>
    <message>
        <source>Open Workers</source>
        <translation>打开工作进程</translation>
    </message>
    <message>
        <source>No runner is known yet. The list comes from the workers.</source>
        <translation>还没有已知的运行器。列表来自工作进程。</translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message>
        <source>Next jobs</source>
        <translation>接下来的作业</translation>
    </message>
    <message>
        <source>Nothing is planned.</source>
        <translation>没有安排任何计划。</translation>
    </message>
    <message>
        <source>Open Schedules</source>
        <translation>打开计划</translation>
    </message>
    <message numerus="yes">
        <source>%n more running</source>
        <translation>
            <numerusform>另有 %n 个运行中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n 个等待中</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ScheduleDialog</name>
    <message>
        <source>New schedule</source>
        <translation>新建计划</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Add schedule</source>
        <translation>添加计划</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>What is to be run again and again?</source>
        <translation>要反复运行什么？</translation>
    </message>
    <message>
        <source>New schedule: {runner}</source>
        <translation>新建计划：{runner}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>When</source>
        <translation>何时</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>When the run before has not ended</source>
        <translation>上一次运行尚未结束时</translation>
    </message>
    <message>
        <source>When a run was missed (asleep, or not running)</source>
        <translation>错过运行时（休眠或未启动）</translation>
    </message>
    <message>
        <source>That of this computer ({zone})</source>
        <translation>本机时区（{zone}）</translation>
    </message>
    <message>
        <source>Leave this one out</source>
        <translation>跳过这一次</translation>
    </message>
    <message>
        <source>Run it after that one</source>
        <translation>在它之后运行</translation>
    </message>
    <message>
        <source>End that one, and run</source>
        <translation>结束上一次，然后运行</translation>
    </message>
    <message>
        <source>Run beside it</source>
        <translation>与它同时运行</translation>
    </message>
    <message>
        <source>Leave it out</source>
        <translation>不补</translation>
    </message>
    <message>
        <source>Make up for it once</source>
        <translation>补一次</translation>
    </message>
    <message>
        <source>Make up for all of them</source>
        <translation>全部补上</translation>
    </message>
    <message>
        <source>At most so many of them</source>
        <translation>最多补运行的次数</translation>
    </message>
    <message>
        <source>Not those that are older than</source>
        <translation>不补早于多久之前的</translation>
    </message>
    <message>
        <source>h</source>
        <translation>小时</translation>
    </message>
    <message>
        <source>Begin later by chance, up to</source>
        <translation>随机推迟，最多</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>It runs too long after</source>
        <translation>运行超过多久算太久</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Tell me when a run</source>
        <translation>何时通知我：运行</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败了</translation>
    </message>
    <message>
        <source>went well</source>
        <translation>成功了</translation>
    </message>
    <message>
        <source>could not be started</source>
        <translation>无法启动</translation>
    </message>
    <message>
        <source>runs too long</source>
        <translation>运行太久</translation>
    </message>
    <message>
        <source>was missed</source>
        <translation>被错过</translation>
    </message>
    <message>
        <source>It never comes true.</source>
        <translation>这个表达式永远不会触发。</translation>
    </message>
    <message>
        <source>Next: {moments}</source>
        <translation>接下来：{moments}</translation>
    </message>
    <message>
        <source>Next, in the time of this computer: {moments}</source>
        <translation>接下来（本机时间）：{moments}</translation>
    </message>
</context>
<context>
    <name>SchedulePanel</name>
    <message>
        <source>Planned</source>
        <translation>计划时间</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Run now</source>
        <translation>立即运行</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Next runs</source>
        <translation>接下来的运行</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Switched on, it would run</source>
        <translation>启用后将运行于</translation>
    </message>
    <message>
        <source>{title} (time of this computer)</source>
        <translation>{title}（本机时间）</translation>
    </message>
    <message>
        <source>It never comes true.</source>
        <translation>这个表达式永远不会触发。</translation>
    </message>
    <message>
        <source>It has not run yet.</source>
        <translation>尚未运行。</translation>
    </message>
    <message>
        <source>up to {seconds} s later by chance</source>
        <translation>随机推迟最多 {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>ScheduleTableModel</name>
    <message>
        <source>Not yet run</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>When</source>
        <translation>何时</translation>
    </message>
    <message>
        <source>Next run</source>
        <translation>下次运行</translation>
    </message>
    <message>
        <source>Last run</source>
        <translation>上次运行</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>now</source>
        <translation>马上</translation>
    </message>
    <message>
        <source>in {span}</source>
        <translation>{span}后</translation>
    </message>
</context>
<context>
    <name>SchedulesPage</name>
    <message>
        <source>Schedules</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Search schedules</source>
        <translation>搜索计划</translation>
    </message>
    <message>
        <source>New schedule</source>
        <translation>新建计划</translation>
    </message>
    <message>
        <source>No schedule fits this search</source>
        <translation>没有符合搜索的计划</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>It runs a job again and again: every night, every ten minutes, on the first of a month.</source>
        <translation>反复运行一个作业：每晚、每十分钟、每月一号。</translation>
    </message>
    <message>
        <source>There is no schedule yet</source>
        <translation>还没有计划</translation>
    </message>
    <message>
        <source>Nothing is planned.</source>
        <translation>没有安排任何计划。</translation>
    </message>
    <message>
        <source>{on} of {total} switched on</source>
        <translation>{total} 个中 {on} 个已启用</translation>
    </message>
    <message>
        <source>next: {name}, {when}</source>
        <translation>接下来：{name}，{when}</translation>
    </message>
    <message numerus="yes">
        <source>%n failed the last time</source>
        <translation>
            <numerusform>%n 个上次运行失败</numerusform>
        </translation>
    </message>
    <message>
        <source>the last runs went well</source>
        <translation>最近的运行都成功</translation>
    </message>
    <message>
        <source>Edit the chosen schedule</source>
        <translation>编辑所选计划</translation>
    </message>
    <message>
        <source>Switch the chosen schedules on or off</source>
        <translation>启用或停用所选计划</translation>
    </message>
    <message>
        <source>Delete the chosen schedules</source>
        <translation>删除所选计划</translation>
    </message>
    <message>
        <source>{name} was started</source>
        <translation>{name} 已启动</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n schedules?</source>
        <translation>
            <numerusform>删除 %n 个计划？</numerusform>
        </translation>
    </message>
    <message>
        <source>It runs no more. Jobs that it has run stay.</source>
        <translation>它不再运行。它运行过的作业会保留。</translation>
    </message>
    <message>
        <source>Delete schedule</source>
        <translation>删除计划</translation>
    </message>
    <message>
        <source>Delete schedules</source>
        <translation>删除计划</translation>
    </message>
    <message>
        <source>Run now</source>
        <translation>立即运行</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message numerus="yes">
        <source>%n schedule(s) deleted</source>
        <translation>
            <numerusform>已删除 %n 个计划</numerusform>
        </translation>
    </message>
    <message>
        <source>Open the last run</source>
        <translation>打开上次运行</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>ScopeList</name>
    <message>
        <source>Accounts and searches</source>
        <translation>账户和搜索</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>Snoozed until {time}</source>
        <translation>稍后提醒，至 {time}</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Searches</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Without a group</source>
        <translation>未分组</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Kinds</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Platforms</source>
        <translation>平台</translation>
    </message>
</context>
<context>
    <name>ScopeListModel</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SearchDialog</name>
    <message>
        <source>Save this search</source>
        <translation>保存此搜索</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>It stands at the left of the inbox, on every window of this master.</source>
        <translation>它显示在收件箱左侧，此主控的每个窗口都能看到。</translation>
    </message>
    <message>
        <source>Save search</source>
        <translation>保存搜索</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>请输入名称。</translation>
    </message>
</context>
<context>
    <name>SecuritySection</name>
    <message>
        <source>Security</source>
        <translation>安全</translation>
    </message>
    <message>
        <source>Who may look into this window, and who may ask the master.</source>
        <translation>谁可以查看此窗口，谁可以访问主控。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>For scripts and other programs that ask this master. They survive a restart.</source>
        <translation>供访问此主控的脚本和其他程序使用，重启后仍有效。</translation>
    </message>
    <message>
        <source>Connected clients</source>
        <translation>已连接的客户端</translation>
    </message>
    <message>
        <source>Windows and programs that are told of what is new.</source>
        <translation>会收到新内容的窗口和程序。</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>What was done with credentials, tokens, sign-ins, exports and settings, and by whom.</source>
        <translation>对凭据、令牌、登录、导出和设置做了什么，由谁操作。</translation>
    </message>
    <message>
        <source>Lock of the window</source>
        <translation>窗口锁定</translation>
    </message>
    <message>
        <source>Keeps out who sits down at this computer. The watch goes on; messages say nothing meanwhile.</source>
        <translation>防止他人坐到这台电脑前查看。监视继续进行；期间通知不显示内容。</translation>
    </message>
    <message>
        <source>Remove passphrase…</source>
        <translation>移除密码短语…</translation>
    </message>
    <message>
        <source>Lock now</source>
        <translation>立即锁定</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Change passphrase…</source>
        <translation>更改密码短语…</translation>
    </message>
    <message>
        <source>Set a passphrase…</source>
        <translation>设置密码短语…</translation>
    </message>
    <message>
        <source>Credentials</source>
        <translation>凭据</translation>
    </message>
    <message>
        <source>Encrypted with a key of this profile before they are kept anywhere.</source>
        <translation>在保存之前先用此配置的密钥加密。</translation>
    </message>
</context>
<context>
    <name>SecuritySettings</name>
    <message>
        <source>Lock after</source>
        <translation>自动锁定</translation>
    </message>
    <message>
        <source>Without a key or a move in the window. 0: never by itself.</source>
        <translation>窗口中没有按键或移动后经过的时间。0：从不自动锁定。</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
</context>
<context>
    <name>SelfTestPanel</name>
    <message>
        <source>It did not run yet.</source>
        <translation>尚未运行。</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>{passed} of {total} steps passed, {time}</source>
        <translation>{total} 步中通过 {passed} 步，{time}</translation>
    </message>
    <message>
        <source>It runs for {span}; it takes about ten seconds.</source>
        <translation>已运行 {span}；约需十秒。</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Reset to default</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>Reset to default: {name}</source>
        <translation>恢复默认值：{name}</translation>
    </message>
    <message>
        <source>Typed, not saved yet.</source>
        <translation>已输入，尚未保存。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>It was changed elsewhere meanwhile: {value}</source>
        <translation>期间已在别处改为：{value}</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>保留我的</translation>
    </message>
    <message>
        <source>Take that</source>
        <translation>采用别处的</translation>
    </message>
    <message>
        <source>Default: {value}</source>
        <translation>默认值：{value}</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>It counts now, but cannot be written: the next start does not know it.</source>
        <translation>现已生效，但无法写入文件，下次启动时会丢失。</translation>
    </message>
    <message>
        <source>Saved. It counts from the next start.</source>
        <translation>已保存，下次启动时生效。</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>SettingValues</name>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Find a setting</source>
        <translation>查找设置</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Nothing is called that.</source>
        <translation>没有匹配的设置。</translation>
    </message>
    <message>
        <source>Every change is saved at once.</source>
        <translation>所有更改都会立即保存。</translation>
    </message>
    <message>
        <source>The master does not answer: only settings of this window can be changed now.</source>
        <translation>主控无响应：目前只能更改本窗口的设置。</translation>
    </message>
</context>
<context>
    <name>SettingsSection</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>{name}: changed</source>
        <translation>已更改：{name}</translation>
    </message>
    <message>
        <source>The master does not answer: what it keeps can be changed once it does.</source>
        <translation>主控无响应：由它保存的设置要等恢复后才能更改。</translation>
    </message>
    <message>
        <source>The master does not answer ({reason}): what it keeps can be changed once it does.</source>
        <translation>主控无响应（{reason}）：由它保存的设置要等恢复后才能更改。</translation>
    </message>
</context>
<context>
    <name>SettingsSections</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰</translation>
    </message>
    <message>
        <source>night do not disturb snooze time zone</source>
        <translation>夜间 勿扰 稍后提醒 时区</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>proxy SOCKS HTTP network</source>
        <translation>代理 网络 SOCKS HTTP</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>安全</translation>
    </message>
    <message>
        <source>lock passphrase password token API audit record vault keyring clients</source>
        <translation>锁定 密码短语 密码 令牌 API 审计 记录 保险库 密钥环 客户端</translation>
    </message>
    <message>
        <source>Storage and backups</source>
        <translation>存储与备份</translation>
    </message>
    <message>
        <source>size disk space retention vacuum clear</source>
        <translation>大小 磁盘 空间 保留 清理</translation>
    </message>
    <message>
        <source>Language and theme</source>
        <translation>语言和主题</translation>
    </message>
    <message>
        <source>dark light appearance</source>
        <translation>深色 浅色 外观</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>System status</source>
        <translation>系统状态</translation>
    </message>
    <message>
        <source>doctor diagnostics self-test support bundle version help</source>
        <translation>诊断 自检 支持包 版本 帮助 doctor</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>version licence changelog update newer</source>
        <translation>版本 许可证 更新内容 更新 新版本</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>SidebarButton</name>
    <message>
        <source>unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>problems</source>
        <translation>个问题</translation>
    </message>
</context>
<context>
    <name>SignInDialog</name>
    <message>
        <source>Sign in to {name}</source>
        <translation>登录 {name}</translation>
    </message>
    <message>
        <source>Items and settings of this account stay as they are.</source>
        <translation>此账户的条目和设置保持不变。</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>No worker knows the fields of this platform now. Try again in a moment.</source>
        <translation>目前没有工作进程提供此平台的字段，请稍后再试。</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写此项。</translation>
    </message>
</context>
<context>
    <name>SizesPanel</name>
    <message>
        <source>Clear away what is too old</source>
        <translation>清理过期内容</translation>
    </message>
    <message>
        <source>Database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Output of jobs</source>
        <translation>作业输出</translation>
    </message>
    <message>
        <source>Outboxes and output of workers</source>
        <translation>工作进程的发件箱与输出</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Free on the disk</source>
        <translation>磁盘可用空间</translation>
    </message>
    <message>
        <source>{count} GB</source>
        <translation>{count} GB</translation>
    </message>
    <message>
        <source>{count} MB</source>
        <translation>{count} MB</translation>
    </message>
    <message>
        <source>There was nothing to clear away.</source>
        <translation>没有可清理的内容。</translation>
    </message>
</context>
<context>
    <name>Skeleton</name>
    <message>
        <source>Loading</source>
        <translation>正在载入</translation>
    </message>
</context>
<context>
    <name>SnoozeList</name>
    <message>
        <source>Snoozed</source>
        <translation>稍后提醒</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>{name} until you end it</source>
        <translation>{name}，直到您取消</translation>
    </message>
    <message>
        <source>{name} until {time}</source>
        <translation>{name}，直到 {time}</translation>
    </message>
    <message>
        <source>End now</source>
        <translation>立即结束</translation>
    </message>
    <message>
        <source>End now: {name}</source>
        <translation>立即结束：{name}</translation>
    </message>
</context>
<context>
    <name>SnoozeMenu</name>
    <message>
        <source>15 minutes</source>
        <translation>15 分钟</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>Until tomorrow, 9:00</source>
        <translation>到明天 9:00</translation>
    </message>
    <message>
        <source>Until…</source>
        <translation>到…</translation>
    </message>
    <message>
        <source>Snooze until</source>
        <translation>稍后提醒，直到</translation>
    </message>
    <message>
        <source>Snooze</source>
        <translation>稍后提醒</translation>
    </message>
</context>
<context>
    <name>StandInView</name>
    <message>
        <source>Look again</source>
        <translation>再看一次</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>无法加载</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>StatisticsPage</name>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
</context>
<context>
    <name>StatisticsView</name>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation>24 小时</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 天</translation>
    </message>
    <message>
        <source>success</source>
        <translation>成功率</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>mean duration</source>
        <translation>平均用时</translation>
    </message>
    <message>
        <source>shortest – longest</source>
        <translation>最短 – 最长</translation>
    </message>
    <message>
        <source>mean wait</source>
        <translation>平均等待</translation>
    </message>
    <message>
        <source>Ends by day</source>
        <translation>每日结束情况</translation>
    </message>
    <message>
        <source>Why jobs failed</source>
        <translation>作业失败的原因</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Success</source>
        <translation>成功率</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Shortest</source>
        <translation>最短</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>No job in the last 30 days.</source>
        <translation>过去 30 天没有作业。</translation>
    </message>
    <message>
        <source>New job</source>
        <translation>新建作业</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>None did.</source>
        <translation>没有失败。</translation>
    </message>
    <message>
        <source>{completed} completed, {failed} failed, {cancelled} cancelled</source>
        <translation>{completed} 个完成，{failed} 个失败，{cancelled} 个取消</translation>
    </message>
    <message>
        <source>Mean duration</source>
        <translation>平均用时</translation>
    </message>
</context>
<context>
    <name>StorageSection</name>
    <message>
        <source>Storage and backups</source>
        <translation>存储与备份</translation>
    </message>
    <message>
        <source>How much is used, how long what stays, and copies of it.</source>
        <translation>占用空间、保留期限与备份。</translation>
    </message>
</context>
<context>
    <name>StorageSettings</name>
    <message>
        <source>What was found</source>
        <translation>发现的内容</translation>
    </message>
    <message>
        <source>What is cleared away is not found again: it stays known.</source>
        <translation>清理后的内容仍会记住，不会再次出现。</translation>
    </message>
    <message>
        <source>Keep for (days)</source>
        <translation>保留天数</translation>
    </message>
    <message>
        <source>Empty: for ever.</source>
        <translation>留空：永久。</translation>
    </message>
    <message>
        <source>for ever</source>
        <translation>永久</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>Unread items stay all the same</source>
        <translation>未读条目始终保留</translation>
    </message>
    <message>
        <source>The database takes at most</source>
        <translation>数据库大小上限</translation>
    </message>
    <message>
        <source>When it is larger the oldest items go, read ones first. Empty: no limit.</source>
        <translation>超出时先删除最旧的条目，已读优先。留空：不限。</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Who did what stays on record for</source>
        <translation>操作记录保留</translation>
    </message>
    <message>
        <source>With credentials, sign-ins, tokens and settings.</source>
        <translation>涉及凭据、登录、令牌和设置的操作。</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Back up, restore, check</source>
        <translation>备份、恢复、校验</translation>
    </message>
    <message>
        <source>Move everything to another machine, export, import</source>
        <translation>迁移到另一台机器，导出，导入</translation>
    </message>
    <message>
        <source>Daily backups that stay</source>
        <translation>保留的每日备份</translation>
    </message>
    <message>
        <source>Those made by hand all stay.</source>
        <translation>手动备份全部保留。</translation>
    </message>
    <message>
        <source>backups</source>
        <translation>备份</translation>
    </message>
</context>
<context>
    <name>SystemStatusSection</name>
    <message>
        <source>System status</source>
        <translation>系统状态</translation>
    </message>
    <message>
        <source>Master</source>
        <translation>主控</translation>
    </message>
    <message>
        <source>The machine that watches your accounts.</source>
        <translation>监视您账户的机器。</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>The machine that you look at now.</source>
        <translation>您正在使用的机器。</translation>
    </message>
    <message>
        <source>Self-test</source>
        <translation>自检</translation>
    </message>
    <message>
        <source>Starts a master and workers of its own on a throw-away profile; yours is not touched.</source>
        <translation>在临时配置上启动自己的主控和工作进程；不会触及您的配置。</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>概况</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Run the self-test</source>
        <translation>运行自检</translation>
    </message>
    <message>
        <source>Support bundle…</source>
        <translation>支持包…</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Nothing was looked at yet.</source>
        <translation>尚未检查。</translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) wrong</source>
        <translation>
            <numerusform>%n 项有问题</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n 项请留意</numerusform>
        </translation>
    </message>
    <message>
        <source>Everything is as it should be.</source>
        <translation>一切正常。</translation>
    </message>
    <message>
        <source>looked at {time}</source>
        <translation>检查于 {time}</translation>
    </message>
    <message>
        <source>The folder cannot be opened from here</source>
        <translation>无法从此处打开该文件夹</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>TextDialog</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ThreadListModel</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n 条消息</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ToastArea</name>
    <message>
        <source>{items} in {accounts}</source>
        <comment>how many items in how many accounts</comment>
        <translation>{accounts}有 {items}</translation>
    </message>
    <message numerus="yes">
        <source>%n new item(s)</source>
        <translation>
            <numerusform>%n 个新条目</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n 个账户</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TokenDialog</name>
    <message>
        <source>New token</source>
        <translation>新建令牌</translation>
    </message>
    <message>
        <source>Read, mark as read, snooze</source>
        <translation>读取、标记已读、稍后提醒</translation>
    </message>
    <message>
        <source>Do everything</source>
        <translation>全部操作</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>Which program it is for.</source>
        <translation>用于哪个程序。</translation>
    </message>
    <message>
        <source>It may</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>Copy it now: it is kept as a hash alone and cannot be shown again.</source>
        <translation>请立即复制：只保存其散列值，无法再次显示。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Make token</source>
        <translation>创建令牌</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>TokenTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>May</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>New token…</source>
        <translation>新建令牌…</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>吊销…</translation>
    </message>
    <message>
        <source>No outside program has a token.</source>
        <translation>没有外部程序拥有令牌。</translation>
    </message>
    <message>
        <source>join as {worker}</source>
        <translation>以 {worker} 身份加入</translation>
    </message>
    <message>
        <source>do everything</source>
        <translation>全部操作</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Revoke {name}?</source>
        <translation>吊销 {name}？</translation>
    </message>
    <message>
        <source>Programs that use it are refused from now on. This cannot be undone.</source>
        <translation>使用它的程序从现在起会被拒绝。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Revoke token</source>
        <translation>吊销令牌</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n 条未读</numerusform>
        </translation>
    </message>
    <message>
        <source>Muted until {time}</source>
        <translation>静音至 {time}</translation>
    </message>
    <message>
        <source>Muted</source>
        <translation>已静音</translation>
    </message>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰</translation>
    </message>
</context>
<context>
    <name>TrayControls</name>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n 个账户无法暂停</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n 个账户无法恢复检查</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n 个账户无法检查</numerusform>
        </translation>
    </message>
    <message>
        <source>The start at login could not be changed</source>
        <translation>无法更改登录时启动的设置</translation>
    </message>
</context>
<context>
    <name>TrayMenu</name>
    <message numerus="yes">
        <source>Open Watchkeeper (%n unread)</source>
        <translation>
            <numerusform>打开 Watchkeeper（%n 条未读）</numerusform>
        </translation>
    </message>
    <message>
        <source>Open Watchkeeper</source>
        <translation>打开 Watchkeeper</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Start at login</source>
        <translation>登录时启动</translation>
    </message>
    <message>
        <source>Quit Watchkeeper</source>
        <translation>退出 Watchkeeper</translation>
    </message>
    <message>
        <source>Sign in: {account}</source>
        <translation>登录：{account}</translation>
    </message>
    <message numerus="yes">
        <source>%n more unread</source>
        <translation>
            <numerusform>还有 %n 条未读</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more to sign in</source>
        <translation>
            <numerusform>还有 %n 个需要登录</numerusform>
        </translation>
    </message>
    <message>
        <source>Do not disturb until {time} (quiet hours)</source>
        <translation>免打扰至 {time}</translation>
    </message>
    <message>
        <source>Do not disturb (quiet hours)</source>
        <translation>免打扰</translation>
    </message>
    <message>
        <source>Unmute (muted until {time})</source>
        <translation>取消静音（静音至 {time}）</translation>
    </message>
    <message>
        <source>Unmute (muted)</source>
        <translation>取消静音</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>For 15 minutes</source>
        <translation>15 分钟</translation>
    </message>
    <message>
        <source>For 1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>Until tomorrow, 8:00</source>
        <translation>直到明天 8:00</translation>
    </message>
    <message>
        <source>Until I say so</source>
        <translation>直到我取消</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>全部恢复</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
</context>
<context>
    <name>TrayPresence</name>
    <message>
        <source>Watchkeeper goes on watching</source>
        <translation>Watchkeeper 仍在守望</translation>
    </message>
    <message>
        <source>It lives in the tray. Quit it from the menu of its icon.</source>
        <translation>它在系统托盘中运行。可从图标菜单退出。</translation>
    </message>
    <message>
        <source>Quit Watchkeeper?</source>
        <translation>退出 Watchkeeper？</translation>
    </message>
    <message>
        <source>There is no tray to go to, so nothing is watched once the window is closed. To go on, minimize it.</source>
        <translation>此桌面没有托盘，关闭窗口后将不再监视任何账户。要继续监视，请将窗口最小化。</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>The tray is gone</source>
        <translation>托盘已消失</translation>
    </message>
    <message>
        <source>The window is here again, so that you find it.</source>
        <translation>窗口重新显示在这里，以便您找到它。</translation>
    </message>
</context>
<context>
    <name>TrayStates</name>
    <message>
        <source>The master does not answer</source>
        <translation>主控没有应答</translation>
    </message>
    <message>
        <source>Given up: {names}</source>
        <translation>已放弃：{names}</translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) given up</source>
        <translation>
            <numerusform>%n 个工作进程已放弃</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) need sign-in</source>
        <translation>
            <numerusform>%n 个账户需要登录</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) cannot be reached</source>
        <translation>
            <numerusform>%n 个账户无法连接</numerusform>
        </translation>
    </message>
    <message>
        <source>All accounts are paused</source>
        <translation>所有账户均已暂停</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) watched</source>
        <translation>
            <numerusform>正在监视 %n 个账户</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Undo</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>UndoLine</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>UpdateNews</name>
    <message>
        <source>Watchkeeper {version} is there</source>
        <translation>Watchkeeper {version} 已发布</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>新内容</translation>
    </message>
    <message>
        <source>May Watchkeeper look for newer versions once a day?</source>
        <translation>允许 Watchkeeper 每天检查一次新版本吗？</translation>
    </message>
    <message>
        <source>Nothing is looked for before you decide.</source>
        <translation>在您决定之前不会检查。</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>决定</translation>
    </message>
</context>
<context>
    <name>VaultDialog</name>
    <message>
        <source>Change the passphrase of the vault</source>
        <translation>更改保险库的密码短语</translation>
    </message>
    <message>
        <source>Open the vault</source>
        <translation>打开保险库</translation>
    </message>
    <message>
        <source>Credentials are sealed under it. Nobody can bring it back: without it, every account has to be signed in again.</source>
        <translation>凭据由它加密。无人能够找回：没有它，每个账户都需要重新登录。</translation>
    </message>
    <message>
        <source>Change passphrase</source>
        <translation>更改密码短语</translation>
    </message>
    <message>
        <source>Open vault</source>
        <translation>打开保险库</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>密码短语</translation>
    </message>
    <message>
        <source>At least {count} characters; some words are better than one.</source>
        <translation>至少 {count} 个字符；几个词胜过一个。</translation>
    </message>
    <message>
        <source>Passphrase until now</source>
        <translation>当前密码短语</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新密码短语</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>At least {count} characters, please.</source>
        <translation>请至少输入 {count} 个字符。</translation>
    </message>
    <message>
        <source>This is another one.</source>
        <translation>两次输入不一致。</translation>
    </message>
</context>
<context>
    <name>VaultPanel</name>
    <message>
        <source>Open the vault…</source>
        <translation>打开保险库…</translation>
    </message>
    <message>
        <source>Change its passphrase…</source>
        <translation>更改其密码短语…</translation>
    </message>
    <message>
        <source>Ask the keyring again</source>
        <translation>再次询问密钥环</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>The master was not asked yet.</source>
        <translation>尚未询问主控。</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Not usable</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>Kept by {name}.</source>
        <translation>由 {name} 保管。</translation>
    </message>
    <message>
        <source>the keyring of the system</source>
        <translation>系统密钥环</translation>
    </message>
    <message>
        <source>Kept in a file of the profile, under a passphrase of yours.</source>
        <translation>保存在配置的文件中，由您的密码短语保护。</translation>
    </message>
    <message>
        <source>Held in memory alone; gone when the master ends.</source>
        <translation>只保存在内存中；主控结束后消失。</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Welcome to Watchkeeper</source>
        <translation>欢迎使用 Watchkeeper</translation>
    </message>
    <message>
        <source>Add another account</source>
        <translation>再添加一个账户</translation>
    </message>
    <message>
        <source>Everything is set up.</source>
        <translation>一切就绪。</translation>
    </message>
    <message>
        <source>It works by itself from here.</source>
        <translation>接下来会自动运行。</translation>
    </message>
    <message>
        <source>Go to the overview</source>
        <translation>前往概览</translation>
    </message>
    <message>
        <source>It keeps watch over all your accounts and tells you what is new. How to begin?</source>
        <translation>它监视您的所有账户，有新内容时告诉您。从哪里开始？</translation>
    </message>
    <message numerus="yes">
        <source>{name} and %n other(s)</source>
        <translation>
            <numerusform>{name} 等另外 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>{name}: watched</source>
        <translation>{name}：正在监视</translation>
    </message>
    <message>
        <source>Show the account</source>
        <translation>显示账户</translation>
    </message>
    <message>
        <source>Checked {ago} ago. From now on what is new is found by itself.</source>
        <translation>{ago}前检查过。今后的新内容会自动发现。</translation>
    </message>
    <message>
        <source>Checked just now. From now on what is new is found by itself.</source>
        <translation>刚刚检查过。今后有新内容会自动发现。</translation>
    </message>
    <message>
        <source>The first look at what is there is under way.</source>
        <translation>正在首次查看已有内容。</translation>
    </message>
    <message>
        <source>What is new shows up on your screen, also while this window is closed.</source>
        <translation>新内容会显示在屏幕上，关闭此窗口后也会。</translation>
    </message>
    <message>
        <source>One was sent. If nothing showed up, allow Watchkeeper in the notification settings of the system.</source>
        <translation>已发送一条。如果没有出现，请在系统的通知设置中允许 Watchkeeper。</translation>
    </message>
    <message>
        <source>Show another one</source>
        <translation>再显示一条</translation>
    </message>
    <message>
        <source>Show me one</source>
        <translation>显示一条试试</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>What was there before is not told. The next thing that comes is shown here.</source>
        <translation>此前已有的内容不会通知。下一条新内容会显示在这里。</translation>
    </message>
    <message>
        <source>The first item</source>
        <translation>第一条内容</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>待办</translation>
    </message>
</context>
<context>
    <name>WelcomeWays</name>
    <message>
        <source>Move here from another computer…</source>
        <translation>从另一台电脑迁移过来…</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Watch an account</source>
        <translation>监视一个账户</translation>
    </message>
    <message>
        <source>A mailbox, a feed, a web page, Mastodon, Matrix, GitHub, Telegram … A form asks for what is needed and tries it out. Passwords go into the keyring of this system.</source>
        <translation>邮箱、订阅源、网页、Mastodon、Matrix、GitHub、Telegram……表单会询问所需内容并当场测试。密码保存在本系统的密钥环中。</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Bring what you have</source>
        <translation>导入已有内容</translation>
    </message>
    <message>
        <source>The subscriptions of a feed reader, a list of addresses, or everything from Watchkeeper on another computer.</source>
        <translation>阅读器的订阅、地址列表，或另一台电脑上 Watchkeeper 的全部内容。</translation>
    </message>
    <message>
        <source>Import a list</source>
        <translation>导入列表</translation>
    </message>
    <message>
        <source>Look around first</source>
        <translation>先看一看</translation>
    </message>
    <message>
        <source>A demo in a window of its own: made-up accounts that find something every few seconds. It needs no network, and nothing of it stays.</source>
        <translation>在单独窗口中运行的演示：虚构账户每隔几秒就有新内容。无需网络，也不会留下任何数据。</translation>
    </message>
    <message>
        <source>Try the demo</source>
        <translation>试用演示</translation>
    </message>
</context>
<context>
    <name>Welcoming</name>
    <message>
        <source>The demo could not be started</source>
        <translation>无法启动演示</translation>
    </message>
    <message>
        <source>Start it from a shell: watchkeeper demo</source>
        <translation>请在终端中启动：watchkeeper demo</translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
    <message>
        <source>Search this page</source>
        <translation>搜索此页面</translation>
    </message>
    <message>
        <source>Add what this page shows</source>
        <translation>添加此页面所列的内容</translation>
    </message>
    <message>
        <source>Check now, or load this page anew</source>
        <translation>立即检查，或重新加载此页面</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The page before</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>再次前进</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Lock the window</source>
        <translation>锁定窗口</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Check all now</source>
        <translation>全部立即检查</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>Resume all</source>
        <translation>全部恢复</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>取消静音</translation>
    </message>
    <message numerus="yes">
        <source>Mute for %n hour(s)</source>
        <translation>
            <numerusform>静音 %n 小时</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n 个账户无法暂停</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n 个账户无法恢复检查</numerusform>
        </translation>
    </message>
    <message>
        <source>Switch to light</source>
        <translation>切换到浅色</translation>
    </message>
    <message>
        <source>Switch to dark</source>
        <translation>切换到深色</translation>
    </message>
    <message>
        <source>Colours as the system has them</source>
        <translation>颜色跟随系统</translation>
    </message>
    <message>
        <source>Language: {name}</source>
        <translation>语言：{name}</translation>
    </message>
    <message>
        <source>High rows</source>
        <translation>宽松行高</translation>
    </message>
    <message>
        <source>Compact rows</source>
        <translation>紧凑行</translation>
    </message>
    <message>
        <source>Sign in again: {name}</source>
        <translation>重新登录：{name}</translation>
    </message>
    <message>
        <source>Restart {worker}</source>
        <translation>重启 {worker}</translation>
    </message>
</context>
<context>
    <name>WindowList</name>
    <message>
        <source>Add hours</source>
        <translation>添加时段</translation>
    </message>
</context>
<context>
    <name>WindowRow</name>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>至</translation>
    </message>
    <message>
        <source>Remove these hours</source>
        <translation>移除此时段</translation>
    </message>
    <message>
        <source>until</source>
        <translation>至</translation>
    </message>
    <message>
        <source>of the next day</source>
        <translation>（次日）</translation>
    </message>
</context>
<context>
    <name>WindowSigns</name>
    <message>
        <source>Put in order at the start</source>
        <translation>启动时已整理</translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) are watched again</source>
        <translation>
            <numerusform>已重新监视 %n 个账户</numerusform>
        </translation>
    </message>
    <message>
        <source>Watchkeeper ended without warning</source>
        <translation>Watchkeeper 曾意外终止</translation>
    </message>
    <message>
        <source>Unlock…</source>
        <translation>解锁…</translation>
    </message>
    <message>
        <source>Master running</source>
        <translation>主控运行中</translation>
    </message>
    <message>
        <source>No master</source>
        <translation>主控未运行</translation>
    </message>
    <message>
        <source>muted until {time}</source>
        <translation>静音至 {time}</translation>
    </message>
    <message>
        <source>muted</source>
        <translation>已静音</translation>
    </message>
    <message>
        <source>The master does not answer ({reason}). What you see may be old; trying again…</source>
        <translation>主控没有响应（{reason}）。显示的内容可能已过时，正在重试…</translation>
    </message>
    <message numerus="yes">
        <source>There is no network. %n account(s) are checked as soon as it is there.</source>
        <translation>
            <numerusform>没有网络。网络恢复后将立即检查 %n 个账户。</numerusform>
        </translation>
    </message>
    <message>
        <source>Credentials cannot be stored: there is no keyring.</source>
        <translation>无法保存凭据：没有可用的密钥环。</translation>
    </message>
</context>
<context>
    <name>Wording</name>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{count} d</source>
        <translation>{count} 天</translation>
    </message>
    <message>
        <source>now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>检查中</translation>
    </message>
    <message>
        <source>Unassigned</source>
        <translation>未分配</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>等待首次检查</translation>
    </message>
    <message>
        <source>Stale</source>
        <translation>久未检查</translation>
    </message>
    <message>
        <source>Can&apos;t reach</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>Needs sign-in</source>
        <translation>需要登录</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>停止中</translation>
    </message>
    <message>
        <source>Crashed</source>
        <translation>已崩溃</translation>
    </message>
    <message>
        <source>Gave up</source>
        <translation>已放弃</translation>
    </message>
    <message>
        <source>Over capacity</source>
        <translation>超出容量</translation>
    </message>
    <message>
        <source>Not answering</source>
        <translation>无响应</translation>
    </message>
    <message>
        <source>Restarting in {seconds} s</source>
        <translation>{seconds} 秒后重启</translation>
    </message>
    <message>
        <source>comment</source>
        <translation>评论</translation>
    </message>
    <message>
        <source>direct message</source>
        <translation>私信</translation>
    </message>
    <message>
        <source>mail</source>
        <translation>邮件</translation>
    </message>
    <message>
        <source>mention</source>
        <translation>提及</translation>
    </message>
    <message>
        <source>entry</source>
        <translation>文章</translation>
    </message>
    <message>
        <source>change</source>
        <translation>变更</translation>
    </message>
    <message>
        <source>line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>system</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Does not answer</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>Serious</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>Over</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>Degraded</source>
        <translation>状态不佳</translation>
    </message>
    <message>
        <source>Not working</source>
        <translation>无法工作</translation>
    </message>
    <message>
        <source>Lifecycle</source>
        <translation>生命周期</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Heartbeat</source>
        <translation>心跳</translation>
    </message>
    <message>
        <source>Lease</source>
        <translation>租约</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Backlog</source>
        <translation>积压</translation>
    </message>
    <message>
        <source>The master cannot be reached. Try again in a moment.</source>
        <translation>无法连接主控，请稍后重试。</translation>
    </message>
    <message>
        <source>The master did not answer in time. Try again in a moment.</source>
        <translation>主控未及时应答，请稍后重试。</translation>
    </message>
    <message>
        <source>The answer of the master cannot be read. Look into the log.</source>
        <translation>无法读取主控的应答，请查看日志。</translation>
    </message>
    <message>
        <source>no reason was given</source>
        <translation>未说明原因</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>调试</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
</context>
<context>
    <name>WorkerActions</name>
    <message>
        <source>Kill all running workers?</source>
        <translation>强制结束所有运行中的工作进程？</translation>
    </message>
    <message>
        <source>No worker would be left, and nothing is watched until one is started again.</source>
        <translation>将没有工作进程在运行；在重新启动一个之前，不会监视任何账户。</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>强制结束</translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) started</source>
        <translation>
            <numerusform>已启动 %n 个工作进程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) stopped</source>
        <translation>
            <numerusform>已停止 %n 个工作进程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) restarted</source>
        <translation>
            <numerusform>已重启 %n 个工作进程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) killed</source>
        <translation>
            <numerusform>已强制结束 %n 个工作进程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) failed</source>
        <translation>
            <numerusform>%n 个工作进程失败</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
    <message>
        <source>It is stopped, and its accounts go to other workers. Nothing that was found is lost.</source>
        <translation>它会停止，其账户会转到其他工作进程。已发现的内容不会丢失。</translation>
    </message>
    <message>
        <source>Delete worker</source>
        <translation>删除工作进程</translation>
    </message>
    <message>
        <source>{name} was deleted</source>
        <translation>已删除 {name}</translation>
    </message>
</context>
<context>
    <name>WorkerCard</name>
    <message>
        <source>accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>restarts</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Actions for {worker}</source>
        <translation>{worker} 的操作</translation>
    </message>
    <message>
        <source>A heartbeat every {span}</source>
        <translation>每 {span}一次心跳</translation>
    </message>
    <message>
        <source>{taken} of {places} places</source>
        <translation>{taken} / {places} 个名额</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>CPU, 10 min</source>
        <translation>CPU，10 分钟</translation>
    </message>
    <message>
        <source>Memory, 10 min</source>
        <translation>内存，10 分钟</translation>
    </message>
    <message>
        <source>Start {worker} again</source>
        <translation>重新启动 {worker}</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>已选</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Show logs</source>
        <translation>查看日志</translation>
    </message>
    <message>
        <source>How it joins…</source>
        <translation>如何加入…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>WorkerDialog</name>
    <message>
        <source>Add worker</source>
        <translation>添加工作进程</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Fill this in.</source>
        <translation>请填写此项。</translation>
    </message>
    <message>
        <source>Not NAME=value: line {numbers}.</source>
        <translation>不是“名称=值”的格式：第 {numbers} 行。</translation>
    </message>
    <message>
        <source>Letters, digits, dots and dashes only, beginning with a letter or digit.</source>
        <translation>仅限字母、数字、点、下划线和短横线，且以字母或数字开头。</translation>
    </message>
    <message>
        <source>A whole number from {least} to {most}.</source>
        <translation>请输入 {least} 到 {most} 之间的整数。</translation>
    </message>
    <message>
        <source>Delete {name}?</source>
        <translation>删除 {name}？</translation>
    </message>
    <message>
        <source>It is stopped, and its accounts go to other workers. Nothing that was found is lost.</source>
        <translation>它将被停止，其账户转交给其他工作进程。已发现的内容不会丢失。</translation>
    </message>
    <message>
        <source>Delete worker</source>
        <translation>删除工作进程</translation>
    </message>
</context>
<context>
    <name>WorkerFields</name>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>Start and restart</source>
        <translation>启动与重启</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>Letters, digits, dots, dashes. It never changes.</source>
        <translation>字母、数字、点、短横线。之后不可更改。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Empty: the same as the id.</source>
        <translation>留空：与标识相同。</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Where it runs</source>
        <translation>运行位置</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在本机</translation>
    </message>
    <message>
        <source>Elsewhere it is started by you and joins with a token. It watches, and runs no jobs.</source>
        <translation>在别处时由您启动，并用令牌加入。它负责检查账户，不运行作业。</translation>
    </message>
    <message>
        <source>Most accounts</source>
        <translation>最多账户数</translation>
    </message>
    <message>
        <source>Most memory</source>
        <translation>最大内存</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Near it the worker is renewed between two checks; above it, at once.</source>
        <translation>接近上限时在两次检查之间更换进程；超过上限则立即更换。</translation>
    </message>
    <message>
        <source>Slots for jobs</source>
        <translation>作业槽位</translation>
    </message>
    <message>
        <source>one per core</source>
        <translation>与内核数相同</translation>
    </message>
    <message>
        <source>So many jobs of one slot each run on it at the same time.</source>
        <translation>可以同时运行这么多个各占一个槽位的作业。</translation>
    </message>
    <message>
        <source>Memory for jobs</source>
        <translation>作业可用内存</translation>
    </message>
    <message>
        <source>not counted</source>
        <translation>不计</translation>
    </message>
    <message>
        <source>What its jobs ask for together stays within it.</source>
        <translation>它的作业要求的内存总和不会超过此值。</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Divided by commas. Jobs may ask for a worker that has one of them.</source>
        <translation>用逗号分隔。作业可以指定带有其中某个标签的工作进程。</translation>
    </message>
    <message>
        <source>Enabled</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>One that is not enabled cannot be started and gets no accounts.</source>
        <translation>未启用的工作进程无法启动，也不会分得账户。</translation>
    </message>
    <message>
        <source>Start together with Watchkeeper</source>
        <translation>随 Watchkeeper 启动</translation>
    </message>
    <message>
        <source>Start again after a crash</source>
        <translation>崩溃后自动重启</translation>
    </message>
    <message>
        <source>First delay</source>
        <translation>首次延迟</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>It doubles with every crash in a row.</source>
        <translation>每连续崩溃一次，延迟加倍。</translation>
    </message>
    <message>
        <source>Most crashes in a row</source>
        <translation>最多连续崩溃次数</translation>
    </message>
    <message>
        <source>After one more the worker is given up, until it is started again by hand.</source>
        <translation>再崩溃一次即放弃该工作进程，直到手动重新启动。</translation>
    </message>
    <message>
        <source>Working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>the worker&apos;s own folder</source>
        <translation>工作进程自己的文件夹</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>One variable a line: NAME=value.</source>
        <translation>每行一个变量：名称=值。</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>One argument a line, as it is: no quotes.</source>
        <translation>每行一个参数，原样传递，无需引号。</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Only for workers on other computers.</source>
        <translation>仅用于其他计算机上的工作进程。</translation>
    </message>
</context>
<context>
    <name>WorkerGrid</name>
    <message>
        <source>Add a worker</source>
        <translation>添加工作进程</translation>
    </message>
</context>
<context>
    <name>WorkerLine</name>
    <message>
        <source>{taken} of {places} places</source>
        <translation>名额 {taken} / {places}</translation>
    </message>
</context>
<context>
    <name>WorkerNotices</name>
    <message>
        <source>No worker fits this search</source>
        <translation>没有工作进程符合此搜索</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>This could not be loaded</source>
        <translation>无法加载</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No account fits this search</source>
        <translation>没有账户符合此搜索</translation>
    </message>
    <message>
        <source>Add one, and a worker takes it at once.</source>
        <translation>添加一个账户，工作进程会立即接手。</translation>
    </message>
    <message>
        <source>No account is watched yet</source>
        <translation>还没有检查任何账户</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
</context>
<context>
    <name>WorkerPanel</name>
    <message>
        <source>Details of the worker</source>
        <translation>工作进程详情</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>How it joins…</source>
        <translation>如何加入…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>It was deleted. Its log and its events are still here.</source>
        <translation>它已被删除。其日志和事件仍保留在此。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>process {pid}</source>
        <translation>进程 {pid}</translation>
    </message>
    <message>
        <source>{taken} of {places} places</source>
        <translation>名额 {taken} / {places}</translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s)</source>
        <translation>
            <numerusform>重启 %n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>last exit: {how}</source>
        <translation>上次退出：{how}</translation>
    </message>
    <message>
        <source>round trip {count} ms</source>
        <translation>往返 {count} 毫秒</translation>
    </message>
</context>
<context>
    <name>WorkerTableModel</name>
    <message>
        <source>Worker</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>账户</translation>
    </message>
</context>
<context>
    <name>WorkerTargets</name>
    <message>
        <source>Workers to drop accounts on</source>
        <translation>可放置账户的工作进程</translation>
    </message>
    <message>
        <source>{taken} of {places}</source>
        <translation>{taken} / {places}</translation>
    </message>
</context>
<context>
    <name>WorkerVerbs</name>
    <message>
        <source>Add worker</source>
        <translation>添加工作进程</translation>
    </message>
    <message>
        <source>Rebalance…</source>
        <translation>重新均衡…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>How it joins…</source>
        <translation>如何加入…</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>{running} of {total} running</source>
        <translation>{total} 个中 {running} 个运行中</translation>
    </message>
    <message>
        <source>{taken} of {places} places taken</source>
        <translation>已用 {taken} / {places} 个名额</translation>
    </message>
    <message numerus="yes">
        <source>%n restarting</source>
        <translation>
            <numerusform>%n 个正在重启</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n given up</source>
        <translation>
            <numerusform>%n 个已放弃</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n do(es) not answer</source>
        <translation>
            <numerusform>%n 个没有应答</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n over capacity</source>
        <translation>
            <numerusform>%n 个超出容量</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) without a worker</source>
        <translation>
            <numerusform>%n 个账户没有工作进程</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing is watched.</source>
        <translation>没有监视任何账户。</translation>
    </message>
</context>
<context>
    <name>WorkerWords</name>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>{size} MB</source>
        <translation>{size} MB</translation>
    </message>
    <message numerus="yes">
        <source>; its %n account(s) were taken over</source>
        <translation>
            <numerusform>；其 %n 个账户已被接管</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message numerus="yes">
        <source>; its %n account(s) were taken over in {span}</source>
        <translation>
            <numerusform>；其 %n 个账户已在 {span}内被接管</numerusform>
        </translation>
    </message>
    <message>
        <source>{how} · {age} ago</source>
        <translation>{how} · {age}前</translation>
    </message>
    <message numerus="yes">
        <source>does not answer; its %n account(s) were taken over</source>
        <translation>
            <numerusform>没有应答；其 %n 个账户已被接管</numerusform>
        </translation>
    </message>
    <message>
        <source>does not answer; its accounts were taken over</source>
        <translation>没有应答；其账户已被接管</translation>
    </message>
    <message>
        <source>up {span}</source>
        <translation>已运行 {span}</translation>
    </message>
    <message>
        <source>on {host}</source>
        <translation>在 {host} 上</translation>
    </message>
    <message numerus="yes">
        <source>%n check(s) under way</source>
        <translation>
            <numerusform>正在进行 %n 项检查</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) were taken over {age} ago</source>
        <translation>
            <numerusform>%n 个账户已于 {age}前被接管</numerusform>
        </translation>
    </message>
    <message>
        <source>more accounts than places, until others have room</source>
        <translation>账户多于名额，待其他工作进程有空位时转出</translation>
    </message>
    <message>
        <source>never started</source>
        <translation>从未启动</translation>
    </message>
    <message>
        <source>on time</source>
        <translation>准时</translation>
    </message>
    <message>
        <source>late</source>
        <translation>迟到</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>not running</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>It is started elsewhere: see How it joins.</source>
        <translation>它在别处启动：请查看“如何加入”。</translation>
    </message>
    <message>
        <source>It is started elsewhere: stop it, then start it there again.</source>
        <translation>它在别处启动：请先停止，再到那里重新启动。</translation>
    </message>
    <message>
        <source>Its process runs elsewhere: end it there.</source>
        <translation>它的进程在别处运行：请到那里结束它。</translation>
    </message>
</context>
<context>
    <name>WorkersCard</name>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>There is no worker. Without one nothing is watched.</source>
        <translation>没有工作进程。没有它就不会检查任何内容。</translation>
    </message>
    <message>
        <source>accounts</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message numerus="yes">
        <source>%n more worker(s)</source>
        <translation>
            <numerusform>另有 %n 个工作进程</numerusform>
        </translation>
    </message>
    <message>
        <source>{running} of {total} running</source>
        <translation>{total} 个中 {running} 个运行中</translation>
    </message>
    <message>
        <source>{taken} of {places} places taken</source>
        <translation>已用 {taken} / {places} 个名额</translation>
    </message>
    <message>
        <source>CPU {percent}</source>
        <translation>CPU {percent}</translation>
    </message>
</context>
<context>
    <name>WorkersHead</name>
    <message>
        <source>Workers or assignments</source>
        <translation>工作进程或分配</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Assignments</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>重启</translation>
    </message>
    <message>
        <source>Kill</source>
        <translation>强制结束</translation>
    </message>
    <message>
        <source>Deleted workers…</source>
        <translation>已删除的工作进程…</translation>
    </message>
    <message>
        <source>Logs and events of workers that were deleted</source>
        <translation>已删除的工作进程的日志和事件</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>已选 %n 项</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkersPage</name>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Add worker</source>
        <translation>添加工作进程</translation>
    </message>
    <message>
        <source>Search workers and accounts</source>
        <translation>搜索工作进程和账户</translation>
    </message>
    <message>
        <source>Rebalance…</source>
        <translation>重新均衡…</translation>
    </message>
    <message>
        <source>Move…</source>
        <translation>移动…</translation>
    </message>
    <message>
        <source>There is no worker</source>
        <translation>没有工作进程</translation>
    </message>
    <message>
        <source>Workers check the accounts. Without one nothing is watched.</source>
        <translation>工作进程负责检查账户。没有它们就无法监视任何内容。</translation>
    </message>
    <message>
        <source>Open account</source>
        <translation>打开账户</translation>
    </message>
    <message>
        <source>Open worker</source>
        <translation>打开工作进程</translation>
    </message>
</context>
<context>
    <name>WorkersSection</name>
    <message>
        <source>Workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>For all workers. Each has settings of its own on the Workers page.</source>
        <translation>适用于所有工作进程，单独设置在“工作进程”页面。</translation>
    </message>
</context>
<context>
    <name>WorkersSettings</name>
    <message>
        <source>Rhythm</source>
        <translation>节奏</translation>
    </message>
    <message>
        <source>A worker reports every</source>
        <translation>工作进程报告间隔</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>With what it needs and does. A crash or a freeze is seen without it, within two seconds.</source>
        <translation>报告资源占用与工作情况。崩溃或卡死无需等待报告，两秒内即可发现。</translation>
    </message>
    <message>
        <source>It counts as offline after</source>
        <translation>多久无报告视为离线</translation>
    </message>
    <message>
        <source>Longer than the time above.</source>
        <translation>须长于上面的间隔。</translation>
    </message>
    <message>
        <source>More workers by themselves</source>
        <translation>自动增加工作进程</translation>
    </message>
    <message>
        <source>Start one more worker when places are short</source>
        <translation>名额不足时再启动一个工作进程</translation>
    </message>
    <message>
        <source>On this machine. One that has nothing to do is stopped again.</source>
        <translation>仅限本机。空闲后会自动停止。</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>workers</source>
        <translation>工作进程</translation>
    </message>
    <message>
        <source>Stop one that was idle for</source>
        <translation>空闲多久后停止</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>An alert is raised when one of these is passed, and is over by itself when it is not any more.</source>
        <translation>超过任一项时发出告警，恢复后自动结束。</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Of one core of a worker.</source>
        <translation>工作进程占用单个核心的比例。</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Of the most a worker may use.</source>
        <translation>占工作进程内存上限的比例。</translation>
    </message>
    <message>
        <source>Failed checks</source>
        <translation>失败的检查</translation>
    </message>
    <message>
        <source>Of all checks of a worker.</source>
        <translation>占工作进程全部检查的比例。</translation>
    </message>
    <message>
        <source>Each of these for</source>
        <translation>以上各项持续</translation>
    </message>
    <message>
        <source>Items that wait in a worker</source>
        <translation>工作进程中待发送的条目</translation>
    </message>
    <message>
        <source>items</source>
        <translation>条</translation>
    </message>
    <message>
        <source>Free space less than</source>
        <translation>可用空间低于</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Of the disk that holds the profile.</source>
        <translation>配置文件夹所在磁盘。</translation>
    </message>
    <message>
        <source>Jobs lost at a start</source>
        <translation>启动时丢失的作业</translation>
    </message>
    <message>
        <source>jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Jobs of which nothing was left.</source>
        <translation>没有留下任何记录的作业。</translation>
    </message>
</context>
</TS>
