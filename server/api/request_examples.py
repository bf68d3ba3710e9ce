"""Examples of requests, by the model of their body and by the name of a parameter, with its operation where names differ. The people and codes are invented."""

from typing import Any

_STEP = {
    "action": "record cheque",
    "version": 3,
    "amount_cents": 80_00,
    "cheque_number": "77-1",
    "cheque_date": "2026-10-01",
    "received_date": "2026-10-05",
    "paying_party": "Oak Mutual (invented)",
    "note": "the copy is in the folder",
}
_EXAM = {
    "exam_date": "2026-09-30",
    "patient": "PT-001",
    "case": "C-1",
    "physician": "Dr. Example",
    "facility": "North",
    "code": "EX-101",
    "units": 2,
    "bilateral": False,
    "payer": "Oak Mutual (invented)",
    "injured_on": "2026-08-14",
    "claim_number": "CL-2026-77",
}

EXAMPLES: dict[str, Any] = {
    "Click": {
        "request_id": "6a0f6c1e-click",
        "workbook": {"name": "October.xlsx", "clinic": "lakeside", "date_system": 1900},
        "sheets": [
            {
                "name": "Appointments",
                "top_left": "A1",
                "columns": [["Date", 46310], ["Status", "Show"]],
                "formats": ["mm/dd/yyyy", None],
            }
        ],
        "selection": {"sheet": "Appointments", "rows": [2]},
        "inputs": {"from": "2026-10-01", "to": "2026-10-31"},
    },
    "CodeIn": {"code": "ABCD-EFGH"},
    "SignInBody": {
        "name": "ana",
        "password": "four invented words here",
        "code": "123456",
        "device": "Nightly export",
    },
    "EmergencyBody": {"clinic": "lakeside", "reason": "Ana is ill and a payer asks today"},
    "DeviceBody": {"device": "Excel on the front desk"},
    "DeviceCodeBody": {"device_code": "what POST /session/devices returned"},
    "AccountToPrint": {"who": "payer", "name": "Oak Mutual", "from": "2026-10-01", "to": "2026-10-31"},
    "CaseToPrint": {"patient": "PT-001", "case": "C-1"},
    "DecisionBody": {
        "request_id": "6a0f6c1e-held",
        "decision": "write_off",
        "reason": "the visit did not take place",
    },
    "StatusAnswerBody": {"request_id": "6a0f6c1e-status", "status_requests": [1]},
    "AnnouncedBody": {"size": 8_250_114, "sha256": f"{8_250_114:064x}"},
    "EmptyBody": {},
    "InvoicesBody": {"request_id": "6a0f6c1e-exams", "exams": [_EXAM]},
    "OutcomeBody": {"request_id": "6a0f6c1e-mail", "outcome": "bounced", "reason": "the mail came back"},
    "PrintBody": {"invoices": ["INV-000001", "INV-000002"]},
    "SearchForInvoices": {"patient": "PT-001", "state": ["open"], "sort": "-created", "limit": 50},
    "SearchForCases": {"patient": "PT-001", "state": "open"},
    "NewReminders": {
        "request_id": "6a0f6c1e-remind",
        "reminders": [
            {"number": "INV-000001", "due_on": "2026-10-20", "action": "Call the adjuster", "for_whom": "Ana"}
        ],
    },
    "ReminderDecisions": {
        "request_id": "6a0f6c1e-done",
        "decisions": [{"key": "reminder/1", "version": 0, "decision": "snooze", "until": "2026-10-27"}],
    },
    "SettleBody": {
        "request_id": "6a0f6c1e-settle",
        "patient": "PT-001",
        "case": "C-1",
        "day": "2026-10-20",
        "versions": [{"number": "INV-000001", "version": 4}],
    },
    "StepBody": {"request_id": "6a0f6c1e-step", **_STEP},
    "StepsBody": {"request_id": "6a0f6c1e-steps", "steps": [{"number": "INV-000001", **_STEP}]},
}

PARAMETER_EXAMPLES: dict[str, Any] = {
    "bucket": "31-60",
    "clinic": "lakeside",
    "from": "2026-10-01",
    "number": "INV-000001",
    "list_cases.state": "open",
    "list_cheques.number": "77-1",
    "list_cheques.sort": "-recorded",
    "list_cheques.state": "in_effect",
    "list_documents.sort": "-recorded",
    "held_visit": 1,
    "list_held_visits.sort": "-day",
    "list_held_visits.state": ["waiting"],
    "list_payer_mail.sort": "-recorded",
    "list_payer_mail.state": ["unknown", "bounced"],
    "list_reminders.days": 7,
    "list_reminders.who": "Ana",
    "show_worklist.kind": "denial",
    "show_worklist.who": "Ana",
    "list_invoices.sort": "-created",
    "read_aging.as_of": "2026-10-31",
    "read_aging.basis": "sent",
    "read_aging.group": "attorney",
    "read_aging.state": ["pending_cheque"],
    "list_invoices.state": ["open"],
    "to": "2026-10-31",
    "x-document-name": "cheque%2077-1.pdf",
}
