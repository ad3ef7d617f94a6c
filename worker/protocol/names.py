"""The wire name of every message, and the type of its answer."""

from worker.protocol.account_messages import (
    AccountTested,
    AssignAccount,
    CatchUp,
    CheckAccount,
    CheckEnded,
    CheckStarted,
    RevokeAccount,
    TestAccount,
)
from worker.protocol.bases import Done, Message
from worker.protocol.credential_messages import (
    CredentialGranted,
    CredentialKept,
    CredentialRequest,
    CredentialStored,
    CredentialUpdated,
)
from worker.protocol.departures import WorkerLeft
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected, ItemsMarked, MarkItems
from worker.protocol.job_messages import CancelJob, ForgetJob, JobPrinted, JobReported, LimitJob, RunJob
from worker.protocol.log_messages import LogsWritten
from worker.protocol.logins import (
    AnswerLogin,
    CancelLogin,
    LoggedOut,
    LoginChallenged,
    LoginReported,
    LogOut,
    StartLogin,
)
from worker.protocol.proposals import ProposeSettings, SettingsProposed
from worker.protocol.proxy_messages import ProxyTested, TestProxy
from worker.protocol.worker_messages import (
    Heartbeat,
    HeartbeatAcknowledged,
    Pulse,
    PulseAcknowledged,
    RegisterWorker,
    ShutDown,
    WorkerFailed,
    WorkerRegistered,
)

TYPES: dict[str, type[Message]] = {
    # up
    "worker:register": RegisterWorker,
    "worker:pulse": Pulse,
    "worker:heartbeat": Heartbeat,
    "worker:items:detected": ItemsDetected,
    "worker:account:checking": CheckStarted,
    "worker:account:status": CheckEnded,
    "worker:credential:request": CredentialRequest,
    "worker:credential:updated": CredentialUpdated,
    "worker:credential:kept": CredentialKept,
    "worker:login:challenge": LoginChallenged,
    "worker:login:status": LoginReported,
    "worker:job:status": JobReported,
    "worker:job:output": JobPrinted,
    "worker:log": LogsWritten,
    "worker:error": WorkerFailed,
    "worker:left": WorkerLeft,
    # down
    "master:account:assign": AssignAccount,
    "master:account:revoke": RevokeAccount,
    "master:account:check": CheckAccount,
    "master:account:wake": CatchUp,
    "master:items:mark": MarkItems,
    "master:account:test": TestAccount,
    "master:account:propose": ProposeSettings,
    "master:account:logout": LogOut,
    "master:login:start": StartLogin,
    "master:login:input": AnswerLogin,
    "master:login:cancel": CancelLogin,
    "master:proxy:test": TestProxy,
    "master:job:run": RunJob,
    "master:job:cancel": CancelJob,
    "master:job:limit": LimitJob,
    "master:job:forget": ForgetJob,
    "master:shutdown": ShutDown,
}
"""Wire name of every message that begins an exchange."""

ANSWERS: dict[type[Message], type[Message]] = {
    RegisterWorker: WorkerRegistered,
    Pulse: PulseAcknowledged,
    Heartbeat: HeartbeatAcknowledged,
    ItemsDetected: ItemsAcknowledged,
    CheckStarted: Done,
    CheckEnded: Done,
    CredentialRequest: CredentialGranted,
    CredentialUpdated: CredentialStored,
    CredentialKept: Done,
    LoginChallenged: Done,
    LoginReported: Done,
    LogOut: LoggedOut,
    StartLogin: Done,
    AnswerLogin: Done,
    CancelLogin: Done,
    JobReported: Done,
    JobPrinted: Done,
    LogsWritten: Done,
    WorkerFailed: Done,
    WorkerLeft: Done,
    AssignAccount: Done,
    RevokeAccount: Done,
    CheckAccount: Done,
    CatchUp: Done,
    MarkItems: ItemsMarked,
    TestAccount: AccountTested,
    ProposeSettings: SettingsProposed,
    TestProxy: ProxyTested,
    RunJob: Done,
    CancelJob: Done,
    LimitJob: Done,
    ForgetJob: Done,
    ShutDown: Done,
}
"""What each of them is answered with."""

NAMES: dict[type[Message], str] = {kind: name for name, kind in TYPES.items()}
