"""The wire name of every message, and the type of its answer."""

from worker.protocol.bases import Message
from worker.protocol.job_messages import CancelJob, ForgetJob, JobPrinted, JobReported, LimitJob, RunJob
from worker.protocol.messages import (
    AccountTested,
    AssignAccount,
    CheckAccount,
    CheckEnded,
    CheckStarted,
    CredentialGranted,
    CredentialRequest,
    Done,
    Heartbeat,
    HeartbeatAcknowledged,
    ItemsAcknowledged,
    ItemsDetected,
    LogsWritten,
    Pulse,
    PulseAcknowledged,
    RegisterWorker,
    RevokeAccount,
    ShutDown,
    TestAccount,
    WorkerFailed,
    WorkerRegistered,
)
from worker.protocol.proposals import ProposeSettings, SettingsProposed

TYPES: dict[str, type[Message]] = {
    # up
    "worker:register": RegisterWorker,
    "worker:pulse": Pulse,
    "worker:heartbeat": Heartbeat,
    "worker:items:detected": ItemsDetected,
    "worker:account:checking": CheckStarted,
    "worker:account:status": CheckEnded,
    "worker:credential:request": CredentialRequest,
    "worker:job:status": JobReported,
    "worker:job:output": JobPrinted,
    "worker:log": LogsWritten,
    "worker:error": WorkerFailed,
    # down
    "master:account:assign": AssignAccount,
    "master:account:revoke": RevokeAccount,
    "master:account:check": CheckAccount,
    "master:account:test": TestAccount,
    "master:account:propose": ProposeSettings,
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
    JobReported: Done,
    JobPrinted: Done,
    LogsWritten: Done,
    WorkerFailed: Done,
    AssignAccount: Done,
    RevokeAccount: Done,
    CheckAccount: Done,
    TestAccount: AccountTested,
    ProposeSettings: SettingsProposed,
    RunJob: Done,
    CancelJob: Done,
    LimitJob: Done,
    ForgetJob: Done,
    ShutDown: Done,
}
"""What each of them is answered with."""

NAMES: dict[type[Message], str] = {kind: name for name, kind in TYPES.items()}
