<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AccountActions</name>
    <message numerus="yes">
        <source>Edit %n account(s)…</source>
        <translation>
            <numerusform>Edit %n account…</numerusform>
            <numerusform>Edit %n accounts…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) changed</source>
        <translation>
            <numerusform>%n account changed</numerusform>
            <numerusform>%n accounts changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) moved</source>
        <translation>
            <numerusform>%n account moved</numerusform>
            <numerusform>%n accounts moved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) paused</source>
        <translation>
            <numerusform>%n account paused</numerusform>
            <numerusform>%n accounts paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) resumed</source>
        <translation>
            <numerusform>%n account resumed</numerusform>
            <numerusform>%n accounts resumed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) snoozed</source>
        <translation>
            <numerusform>%n account snoozed</numerusform>
            <numerusform>%n accounts snoozed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) deleted</source>
        <translation>
            <numerusform>%n account deleted</numerusform>
            <numerusform>%n accounts deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be moved</source>
        <translation>
            <numerusform>%n account could not be moved</numerusform>
            <numerusform>%n accounts could not be moved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be restored</source>
        <translation>
            <numerusform>%n account could not be restored</numerusform>
            <numerusform>%n accounts could not be restored</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n account could not be paused</numerusform>
            <numerusform>%n accounts could not be paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be changed</source>
        <translation>
            <numerusform>%n account could not be changed</numerusform>
            <numerusform>%n accounts could not be changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n account could not be resumed</numerusform>
            <numerusform>%n accounts could not be resumed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountMoves</name>
    <message numerus="yes">
        <source>%n account(s) moved to {worker}</source>
        <translation>
            <numerusform>%n account moved to {worker}</numerusform>
            <numerusform>%n accounts moved to {worker}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be moved</source>
        <translation>
            <numerusform>%n account could not be moved</numerusform>
            <numerusform>%n accounts could not be moved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountTableModel</name>
    <message numerus="yes">
        <source>{percent} % of %n check(s) succeeded</source>
        <translation>
            <numerusform>{percent} % of %n check succeeded</numerusform>
            <numerusform>{percent} % of %n checks succeeded</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This computer has no network: shared with %n other account(s).</source>
        <translation>
            <numerusform>This computer has no network: shared with %n other account.</numerusform>
            <numerusform>This computer has no network: shared with %n other accounts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{host} is down: shared with %n other account(s).</source>
        <translation>
            <numerusform>{host} is down: shared with %n other account.</numerusform>
            <numerusform>{host} is down: shared with %n other accounts.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AccountsPage</name>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) sign-in</source>
        <translation>
            <numerusform>%n needs sign-in</numerusform>
            <numerusform>%n need sign-in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n unreachable</numerusform>
            <numerusform>%n unreachable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stale</source>
        <translation>
            <numerusform>%n stale</numerusform>
            <numerusform>%n stale</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n pending</numerusform>
            <numerusform>%n pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n paused</numerusform>
            <numerusform>%n paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sign-in(s) under way</source>
        <translation>
            <numerusform>%n sign-in under way</numerusform>
            <numerusform>%n sign-ins under way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n account could not be checked</numerusform>
            <numerusform>%n accounts could not be checked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AlertsPage</name>
    <message numerus="yes">
        <source>%n open</source>
        <translation>
            <numerusform>%n open</numerusform>
            <numerusform>%n open</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not acknowledged</source>
        <translation>
            <numerusform>%n not acknowledged</numerusform>
            <numerusform>%n not acknowledged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n over</source>
        <translation>
            <numerusform>%n over</numerusform>
            <numerusform>%n over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s) acknowledged</source>
        <translation>
            <numerusform>%n alert acknowledged</numerusform>
            <numerusform>%n alerts acknowledged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s) silenced</source>
        <translation>
            <numerusform>%n alert silenced</numerusform>
            <numerusform>%n alerts silenced</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AssignDialog</name>
    <message numerus="yes">
        <source>Assign %n accounts</source>
        <translation>
            <numerusform>Assign %n account</numerusform>
            <numerusform>Assign %n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AssignmentTable</name>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BulkDialog</name>
    <message numerus="yes">
        <source>Edit %n account(s)</source>
        <translation>
            <numerusform>Edit %n account</numerusform>
            <numerusform>Edit %n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BundleDialog</name>
    <message numerus="yes">
        <source>%n file(s), {size} KB of text</source>
        <translation>
            <numerusform>%n file, {size} KB of text</numerusform>
            <numerusform>%n files, {size} KB of text</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChecksCard</name>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>%n check</numerusform>
            <numerusform>%n checks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConflictPanel</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CronInput</name>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>every minute</numerusform>
            <numerusform>every %n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DeleteDialog</name>
    <message numerus="yes">
        <source>Delete %n accounts?</source>
        <translation>
            <numerusform>Delete %n account?</numerusform>
            <numerusform>Delete %n accounts?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EntryList</name>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GroupsPanel</name>
    <message numerus="yes">
        <source>%n account(s) of it stay, in no group, with what is their own.</source>
        <translation>
            <numerusform>%n account of it stays, in no group, with what is its own.</numerusform>
            <numerusform>%n accounts of it stay, in no group, with what is their own.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HeartbeatBar</name>
    <message numerus="yes">
        <source>{good} of %n good</source>
        <translation>
            <numerusform>{good} of %n good</numerusform>
            <numerusform>{good} of %n good</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n would be added</source>
        <translation>
            <numerusform>%n would be added</numerusform>
            <numerusform>%n would be added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n added</source>
        <translation>
            <numerusform>%n added</numerusform>
            <numerusform>%n added</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InboxActions</name>
    <message numerus="yes">
        <source>%n marked read</source>
        <translation>
            <numerusform>%n marked read</numerusform>
            <numerusform>%n marked read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InboxWords</name>
    <message numerus="yes">
        <source>%n shown</source>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemHead</name>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemPanel</name>
    <message numerus="yes">
        <source>Show the whole conversation (%n message(s))</source>
        <translation>
            <numerusform>Show the whole conversation (%n message)</numerusform>
            <numerusform>Show the whole conversation (%n messages)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobActions</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) refused it</source>
        <translation>
            <numerusform>%n job refused it</numerusform>
            <numerusform>%n jobs refused it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n jobs?</source>
        <translation>
            <numerusform>Delete %n job?</numerusform>
            <numerusform>Delete %n jobs?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>%n job deleted</numerusform>
            <numerusform>%n jobs deleted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) could not be restored</source>
        <translation>
            <numerusform>%n job could not be restored</numerusform>
            <numerusform>%n jobs could not be restored</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobVerbs</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed in the last 24 hours</source>
        <translation>
            <numerusform>%n failed in the last 24 hours</numerusform>
            <numerusform>%n failed in the last 24 hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n completed</source>
        <translation>
            <numerusform>%n completed</numerusform>
            <numerusform>%n completed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JoinDialog</name>
    <message numerus="yes">
        <source>%n token(s) of it are valid, and stay so. They end in Settings, Security.</source>
        <translation>
            <numerusform>%n token of it is valid, and stays so. It ends in Settings, Security.</numerusform>
            <numerusform>%n tokens of it are valid, and stay so. They end in Settings, Security.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LockScreen</name>
    <message numerus="yes">
        <source>That was wrong a few times. Try again in %n second(s).</source>
        <translation>
            <numerusform>That was wrong a few times. Try again in %n second.</numerusform>
            <numerusform>That was wrong a few times. Try again in %n seconds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogsPage</name>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>paused, %n waiting</source>
        <translation>
            <numerusform>paused, %n waiting</numerusform>
            <numerusform>paused, %n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MomentDialog</name>
    <message numerus="yes">
        <source>At most %n day(s) from now.</source>
        <translation>
            <numerusform>At most %n day from now.</numerusform>
            <numerusform>At most %n days from now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NeedList</name>
    <message numerus="yes">
        <source>%n more account(s) need sign-in</source>
        <translation>
            <numerusform>%n more account needs sign-in</numerusform>
            <numerusform>%n more accounts need sign-in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) wait for it</source>
        <translation>
            <numerusform>%n account waits for it</numerusform>
            <numerusform>%n accounts wait for it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more server(s) are down</source>
        <translation>
            <numerusform>%n more server is down</numerusform>
            <numerusform>%n more servers are down</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more account(s) cannot be reached</source>
        <translation>
            <numerusform>%n more account cannot be reached</numerusform>
            <numerusform>%n more accounts cannot be reached</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more account(s)</source>
        <translation>
            <numerusform>%n more account</numerusform>
            <numerusform>%n more accounts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread item(s)</source>
        <translation>
            <numerusform>%n unread item</numerusform>
            <numerusform>%n unread items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more worker(s) do not work</source>
        <translation>
            <numerusform>%n more worker does not work</numerusform>
            <numerusform>%n more workers do not work</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more open alert(s)</source>
        <translation>
            <numerusform>%n more open alert</numerusform>
            <numerusform>%n more open alerts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more failed job(s)</source>
        <translation>
            <numerusform>%n more failed job</numerusform>
            <numerusform>%n more failed jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more schedule(s) did not run</source>
        <translation>
            <numerusform>%n more schedule did not run</numerusform>
            <numerusform>%n more schedules did not run</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NotificationsView</name>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n held or snoozed</source>
        <translation>
            <numerusform>%n held or snoozed</numerusform>
            <numerusform>%n held or snoozed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not told</source>
        <translation>
            <numerusform>%n not told</numerusform>
            <numerusform>%n not told</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in all</source>
        <translation>
            <numerusform>%n in all</numerusform>
            <numerusform>%n in all</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n marked read</source>
        <translation>
            <numerusform>%n marked read</numerusform>
            <numerusform>%n marked read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n put away</source>
        <translation>
            <numerusform>%n put away</numerusform>
            <numerusform>%n put away</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message numerus="yes">
        <source>%n notifications while you were away</source>
        <translation>
            <numerusform>%n notification while you were away</numerusform>
            <numerusform>%n notifications while you were away</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OverviewActions</name>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n account could not be checked</numerusform>
            <numerusform>%n accounts could not be checked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OverviewModel</name>
    <message numerus="yes">
        <source>All %n account(s) are watched</source>
        <translation>
            <numerusform>The account is watched</numerusform>
            <numerusform>All %n accounts are watched</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) sign-in</source>
        <translation>
            <numerusform>%n needs sign-in</numerusform>
            <numerusform>%n need sign-in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n unreachable</numerusform>
            <numerusform>%n unreachable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stale</source>
        <translation>
            <numerusform>%n stale</numerusform>
            <numerusform>%n stale</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n paused</numerusform>
            <numerusform>%n paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) failed</source>
        <translation>
            <numerusform>%n job failed</numerusform>
            <numerusform>%n jobs failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>by %n worker(s)</source>
        <translation>
            <numerusform>by %n worker</numerusform>
            <numerusform>by %n workers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PaletteRows</name>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message numerus="yes">
        <source>That was wrong a few times. Try again in %n second(s).</source>
        <translation>
            <numerusform>That was wrong a few times. Try again in %n second.</numerusform>
            <numerusform>That was wrong a few times. Try again in %n seconds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlatformsCard</name>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in trouble</source>
        <translation>
            <numerusform>%n in trouble</numerusform>
            <numerusform>%n in trouble</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n active</source>
        <translation>
            <numerusform>%n active</numerusform>
            <numerusform>%n active</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused</source>
        <translation>
            <numerusform>%n paused</numerusform>
            <numerusform>%n paused</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuietDialog</name>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n held</numerusform>
            <numerusform>%n held</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuietSection</name>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n held</numerusform>
            <numerusform>%n held</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message numerus="yes">
        <source>Quit while %n job(s) run?</source>
        <translation>
            <numerusform>Quit while %n job runs?</numerusform>
            <numerusform>Quit while %n jobs run?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RebalanceDialog</name>
    <message numerus="yes">
        <source>%n account(s) would move.</source>
        <translation>
            <numerusform>%n account would move.</numerusform>
            <numerusform>%n accounts would move.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n account(s)</source>
        <translation>
            <numerusform>Move %n account</numerusform>
            <numerusform>Move %n accounts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResourcesView</name>
    <message numerus="yes">
        <source>%n job(s) waiting</source>
        <translation>
            <numerusform>%n job waiting</numerusform>
            <numerusform>%n jobs waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RulesPage</name>
    <message numerus="yes">
        <source>%n stopped by itself</source>
        <translation>
            <numerusform>%n stopped by itself</numerusform>
            <numerusform>%n stopped by themselves</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n held</source>
        <translation>
            <numerusform>%n held</numerusform>
            <numerusform>%n held</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n snoozed</source>
        <translation>
            <numerusform>%n snoozed</numerusform>
            <numerusform>%n snoozed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n rules?</source>
        <translation>
            <numerusform>Delete %n rule?</numerusform>
            <numerusform>Delete %n rules?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s) deleted</source>
        <translation>
            <numerusform>%n rule deleted</numerusform>
            <numerusform>%n rules deleted</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message numerus="yes">
        <source>%n more running</source>
        <translation>
            <numerusform>%n more running</numerusform>
            <numerusform>%n more running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SchedulesPage</name>
    <message numerus="yes">
        <source>%n failed the last time</source>
        <translation>
            <numerusform>%n failed the last time</numerusform>
            <numerusform>%n failed the last time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n schedules?</source>
        <translation>
            <numerusform>Delete %n schedule?</numerusform>
            <numerusform>Delete %n schedules?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n schedule(s) deleted</source>
        <translation>
            <numerusform>%n schedule deleted</numerusform>
            <numerusform>%n schedules deleted</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ScopeListModel</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SystemStatusSection</name>
    <message numerus="yes">
        <source>%n thing(s) wrong</source>
        <translation>
            <numerusform>%n thing wrong</numerusform>
            <numerusform>%n things wrong</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n thing to look at</numerusform>
            <numerusform>%n things to look at</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ThreadListModel</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ToastArea</name>
    <message numerus="yes">
        <source>%n new item(s)</source>
        <translation>
            <numerusform>%n new item</numerusform>
            <numerusform>%n new items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s)</source>
        <translation>
            <numerusform>%n account</numerusform>
            <numerusform>%n accounts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message numerus="yes">
        <source>%n unread</source>
        <translation>
            <numerusform>%n unread</numerusform>
            <numerusform>%n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrayControls</name>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n account could not be paused</numerusform>
            <numerusform>%n accounts could not be paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n account could not be resumed</numerusform>
            <numerusform>%n accounts could not be resumed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be checked</source>
        <translation>
            <numerusform>%n account could not be checked</numerusform>
            <numerusform>%n accounts could not be checked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrayMenu</name>
    <message numerus="yes">
        <source>Open Watchkeeper (%n unread)</source>
        <translation>
            <numerusform>Open Watchkeeper (%n unread)</numerusform>
            <numerusform>Open Watchkeeper (%n unread)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more unread</source>
        <translation>
            <numerusform>%n more unread</numerusform>
            <numerusform>%n more unread</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more to sign in</source>
        <translation>
            <numerusform>%n more to sign in</numerusform>
            <numerusform>%n more to sign in</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrayStates</name>
    <message numerus="yes">
        <source>%n worker(s) given up</source>
        <translation>
            <numerusform>%n worker given up</numerusform>
            <numerusform>%n workers given up</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) need sign-in</source>
        <translation>
            <numerusform>%n account needs sign-in</numerusform>
            <numerusform>%n accounts need sign-in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) cannot be reached</source>
        <translation>
            <numerusform>%n account cannot be reached</numerusform>
            <numerusform>%n accounts cannot be reached</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) watched</source>
        <translation>
            <numerusform>%n account watched</numerusform>
            <numerusform>%n accounts watched</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message numerus="yes">
        <source>{name} and %n other(s)</source>
        <translation>
            <numerusform>{name} and %n other</numerusform>
            <numerusform>{name} and %n others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message numerus="yes">
        <source>Mute for %n hour(s)</source>
        <translation>
            <numerusform>Mute for %n hour</numerusform>
            <numerusform>Mute for %n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be paused</source>
        <translation>
            <numerusform>%n account could not be paused</numerusform>
            <numerusform>%n accounts could not be paused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) could not be resumed</source>
        <translation>
            <numerusform>%n account could not be resumed</numerusform>
            <numerusform>%n accounts could not be resumed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WindowSigns</name>
    <message numerus="yes">
        <source>%n account(s) are watched again</source>
        <translation>
            <numerusform>%n account is watched again</numerusform>
            <numerusform>%n accounts are watched again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>There is no network. %n account(s) are checked as soon as it is there.</source>
        <translation>
            <numerusform>There is no network. %n account is checked as soon as it is there.</numerusform>
            <numerusform>There is no network. %n accounts are checked as soon as it is there.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkerActions</name>
    <message numerus="yes">
        <source>%n worker(s) started</source>
        <translation>
            <numerusform>%n worker started</numerusform>
            <numerusform>%n workers started</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) stopped</source>
        <translation>
            <numerusform>%n worker stopped</numerusform>
            <numerusform>%n workers stopped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) restarted</source>
        <translation>
            <numerusform>%n worker restarted</numerusform>
            <numerusform>%n workers restarted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) killed</source>
        <translation>
            <numerusform>%n worker killed</numerusform>
            <numerusform>%n workers killed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n worker(s) failed</source>
        <translation>
            <numerusform>%n worker failed</numerusform>
            <numerusform>%n workers failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkerPanel</name>
    <message numerus="yes">
        <source>%n restart(s)</source>
        <translation>
            <numerusform>%n restart</numerusform>
            <numerusform>%n restarts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkerVerbs</name>
    <message numerus="yes">
        <source>%n restarting</source>
        <translation>
            <numerusform>%n restarting</numerusform>
            <numerusform>%n restarting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n given up</source>
        <translation>
            <numerusform>%n given up</numerusform>
            <numerusform>%n given up</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n do(es) not answer</source>
        <translation>
            <numerusform>%n does not answer</numerusform>
            <numerusform>%n do not answer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n over capacity</source>
        <translation>
            <numerusform>%n over capacity</numerusform>
            <numerusform>%n over capacity</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) without a worker</source>
        <translation>
            <numerusform>%n account without a worker</numerusform>
            <numerusform>%n accounts without a worker</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkerWords</name>
    <message numerus="yes">
        <source>; its %n account(s) were taken over</source>
        <translation>
            <numerusform>; its account was taken over</numerusform>
            <numerusform>; its %n accounts were taken over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; its %n account(s) were taken over in {span}</source>
        <translation>
            <numerusform>; its account was taken over in {span}</numerusform>
            <numerusform>; its %n accounts were taken over in {span}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>does not answer; its %n account(s) were taken over</source>
        <translation>
            <numerusform>does not answer; its account was taken over</numerusform>
            <numerusform>does not answer; its %n accounts were taken over</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n check(s) under way</source>
        <translation>
            <numerusform>%n check under way</numerusform>
            <numerusform>%n checks under way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) were taken over {age} ago</source>
        <translation>
            <numerusform>%n account was taken over {age} ago</numerusform>
            <numerusform>%n accounts were taken over {age} ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkersCard</name>
    <message numerus="yes">
        <source>%n more worker(s)</source>
        <translation>
            <numerusform>%n more worker</numerusform>
            <numerusform>%n more workers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WorkersHead</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%n chosen</numerusform>
            <numerusform>%n chosen</numerusform>
        </translation>
    </message>
</context>
</TS>
