"""No sentence without its place in the gallery, or the reason why no sheet can provoke it."""

from collections.abc import Iterator

import pytest

from addin.desktop import protocol_version, refusals, service_refusals
from addin.desktop.files import refusals as files
from addin.desktop.refusals import Refusal
from server import errors
from server.errors import FINDINGS, BillingError
from tests.gallery.build import FOLDER
from tests.gallery.named_tests import is_test
from tests.gallery.transcript import entries

PROGRAMS = "tests/gallery/test_programs.py::"
PROVIDER = "tests/web/test_provider.py::"
ON_ITS_ROW = "on a sheet it is a remark beside its row: tests/data/findings/step-refused"
IN_EXCEL = "only the add-in in Excel asks in boxes and on a sheet; press takes its answers with the click"

IN_BUCKET = "tests/ledger/test_objects_in_bucket.py::"

ELSEWHERE: dict[type[Exception], tuple[str, str]] = {
    errors.BadRequest: (
        "only a program can send what is no click",
        PROGRAMS + "test_what_is_no_click_is_refused_with_its_place",
    ),
    errors.ForeignRequest: (
        "the add-in is no stranger",
        PROGRAMS + "test_a_page_of_another_site_is_turned_away",
    ),
    errors.UnknownAddress: (
        "the add-in knows the addresses",
        PROGRAMS + "test_an_address_nobody_knows_is_refused_in_words",
    ),
    errors.UnknownOutput: (
        "the add-in fetches a workbook the moment it is made",
        PROGRAMS + "test_a_workbook_no_longer_kept_is_refused_in_words",
    ),
    errors.ClinicNotGiven: (
        "a ledger without users is its one person's, who has every clinic",
        "tests/ribbon/test_two_people.py::test_a_setup_of_a_clinic_that_was_not_given_is_not_saved",
    ),
    errors.SecondPersonNeeded: (
        "it takes a clinic that wants two people",
        "tests/ribbon/test_two_people.py::test_whoever_generated_a_payroll_does_not_approve_it",
    ),
    errors.RoleNotAllowed: (
        "a service without users works for a manager",
        "tests/operations/test_session.py::test_an_operation_checks_the_role_before_anything_else",
    ),
    errors.RequestIdReused: (
        "the add-in gives every click an id of its own",
        PROGRAMS + "test_an_id_used_for_something_else_is_refused",
    ),
    errors.AnswerExpired: (
        "the add-in does not send a click of last month again",
        "tests/ledger/test_retention.py::test_after_that_the_click_is_still_known_and_never_carried_out_again",
    ),
    errors.RunIsClosed: (
        "a button says of an approved run that there is nothing to do, and asks for no second one",
        "tests/ledger/test_runs.py::test_a_run_closed_while_it_was_generated_again_stays_as_it_is",
    ),
    errors.RemindersRefused: (
        "on a sheet each is a remark beside its row",
        "tests/ribbon/test_reminders_saved.py::test_rest_adds_and_decides_once_and_all_or_none",
    ),
    errors.ChangedSinceShown: (
        "somebody works on the invoice, or saves a price, in the very moment of the click",
        "tests/ribbon/test_update_preview.py::test_a_step_that_is_decided_otherwise_is_not_recorded",
    ),
    errors.DraftOvertaken: (
        "somebody generates the draft or saves the setup in the very moment of the approval",
        "tests/ribbon/test_approval.py::test_what_was_not_looked_at_is_not_approved",
    ),
    errors.AdjustmentsOvertaken: (
        "the comparison of the draft with its log finds it first",
        "tests/ribbon/test_adjustments.py::test_a_draft_is_not_approved_after_another_run_adjusted_the_same_visit",
    ),
    errors.RegisterUnusable: (
        "it takes an employee without an ID, and the codes of ADP",
        "tests/cli/test_register_command.py::test_adp_without_its_codes_is_refused_and_nothing_is_written",
    ),
    errors.PayItemsOvertaken: (
        "the comparison of the draft with its log finds it first",
        "tests/ribbon/test_pay_item_runs.py::test_two_drafts_with_the_same_item_are_not_both_approved",
    ),
    errors.PayPlansOvertaken: (
        "the comparison of the draft with its log finds it first",
        "tests/ribbon/test_pay_plan_runs.py::test_two_drafts_of_one_period_are_not_both_approved",
    ),
    errors.PaymentsOvertaken: (
        "the comparison of the draft with its log finds it first",
        "tests/ribbon/test_payments.py::test_two_drafts_with_the_same_payment_are_not_both_approved",
    ),
    errors.RunIsBuiltOn: (
        "it takes two approved runs",
        "tests/ribbon/test_adjustments.py::test_a_run_that_others_are_based_on_is_not_voided",
    ),
    errors.ReasonNeeded: (
        "a void without a reason is asked for it",
        "tests/ledger/test_runs.py::test_voiding_needs_a_reason",
    ),
    errors.FixUnusable: (
        "the form offers only what can be added",
        "tests/ribbon/test_fix_setup.py::test_a_rate_of_nothing_is_refused_as_save_setup_refuses_it",
    ),
    errors.FixOvertaken: (
        "somebody saves the setup in the very moment of the click",
        "tests/ribbon/test_fix_setup.py::test_a_setup_saved_in_the_same_moment_is_not_overwritten",
    ),
    errors.SetupDoesNotFit: (
        "the reader of the sheets finds it first, with its cell",
        "tests/ledger/test_setup.py::test_rows_that_do_not_fit_together_are_refused_and_nothing_is_saved",
    ),
    errors.TooLarge: (
        "it would take a file of 256 MB",
        PROGRAMS + "test_more_than_the_service_takes_is_refused_unread",
    ),
    errors.DocumentTooLarge: (
        "the add-in does not even send it",
        "tests/api/test_invoices.py::test_what_is_no_paper_or_too_large_is_refused",
    ),
    errors.NotOfThisCase: (
        "the button shows the invoices of one case and takes no others",
        "tests/api/test_invoices.py::test_what_was_not_shown_is_not_cleared",
    ),
    errors.ExamsUnusable: (
        "on a sheet each exam has remarks on its own cells",
        "tests/api/test_invoices.py::test_one_bad_exam_keeps_all_of_them_and_each_is_named",
    ),
    errors.StepsRefused: (
        "on a sheet each row is told beside it",
        "tests/api/test_steps.py::test_one_bad_step_keeps_all_of_them_and_is_named_by_its_place",
    ),
    errors.UnknownDocument: (
        "the add-in sends a document the moment it is attached",
        "tests/ribbon/test_invoice_history.py::test_a_paper_nobody_sent_is_attached_to_nothing",
    ),
    errors.BackupNotMade: (
        "backups are made from the command line",
        "tests/cli/test_ledger_commands.py::test_a_backup_never_goes_over_something_else",
    ),
    errors.BackupRunning: (
        "backups are made from the command line",
        "tests/backups/test_backup_run.py::test_of_two_runs_at_once_one_is_refused",
    ),
    errors.RehearsalRunning: (
        "rehearsals are made from the command line",
        "tests/backups/test_rehearsal.py::test_of_two_rehearsals_at_once_one_is_refused",
    ),
    errors.MailNotSetUp: (
        "it takes a setup with a schedule and a payer to mail",
        "tests/operations/test_payer_mail.py::test_without_a_server_nothing_is_sent_and_a_sentence_says_so",
    ),
    errors.MailServerUnusable: (
        "it takes a mail server that does not answer",
        "tests/operations/test_payer_mail.py::test_a_server_that_is_not_there_is_named_and_nothing_is_recorded",
    ),
    errors.UnknownMessage: (
        "mail is decided about from the command line",
        "tests/operations/test_payer_mail.py::test_a_person_decides_about_a_mail_that_nobody_knows_the_end_of",
    ),
    errors.OutcomeNotOpen: (
        "mail is decided about from the command line",
        "tests/operations/test_payer_mail.py::test_a_person_decides_about_a_mail_that_nobody_knows_the_end_of",
    ),
    errors.NoLedger: (
        "ledgers are looked after from the command line",
        "tests/cli/test_ledger_commands.py::test_where_no_ledger_is_none_is_made_and_none_is_called_whole",
    ),
    errors.LedgerServed: (
        "it is said where services are started",
        "tests/autostart/test_one_service.py::test_a_second_service_on_a_ledger_is_refused_and_names_the_first",
    ),
    errors.ServiceStartFailed: (
        "it is said where services are started",
        "tests/autostart/test_service_commands.py::test_a_service_that_ends_at_once_is_said_with_the_reason_it_gave",
    ),
    errors.ServiceStopFailed: (
        "it is said where services are started",
        "tests/autostart/test_service_commands.py::test_a_service_that_does_not_stop_is_not_killed",
    ),
    errors.NotInBackground: (
        "it is said where services are started",
        "tests/autostart/test_service_commands.py::test_a_service_of_a_database_is_not_for_these_commands",
    ),
    errors.SetupRecordUnusable: (
        "it is said where a computer is set up",
        "tests/autostart/test_setup_attacked.py::test_a_record_that_nobody_can_read_is_said_and_what_to_do",
    ),
    errors.OtherLedgerSetUp: (
        "it is said where a computer is set up",
        "tests/autostart/test_setup_attacked.py::test_another_ledger_that_starts_at_log_on_is_not_pushed_out",
    ),
    errors.SetupRunning: (
        "it is said where a computer is set up",
        "tests/autostart/test_setup_attacked.py::test_of_two_setups_at_once_one_works",
    ),
    errors.SetupWithSudo: (
        "it is said where a computer is set up",
        "tests/autostart/test_setup_attacked.py::test_setup_with_sudo_is_refused",
    ),
    errors.NotMoved: (
        "books are moved from the command line",
        "tests/ledger/test_move.py::test_a_database_that_holds_another_ledger_is_refused",
    ),
    errors.EncryptionNotChanged: (
        "ledgers are encrypted from the command line",
        "tests/ledger/test_encryption_change.py::test_a_copy_and_a_folder_without_a_ledger_are_refused",
    ),
    errors.EncryptionNotInstalled: (
        "the program was not installed as it is meant to be",
        "tests/ledger/test_encrypted_files.py::test_without_the_package_plain_ledgers_open_and_encrypted_ones_say_what_is_missing",
    ),
    errors.LedgerKeyMissing: (
        "the key is missing on the computer of the service, not on a sheet",
        "tests/ledger/test_encryption_change.py::test_without_its_key_a_ledger_says_so_and_not_that_a_file_is_no_database",
    ),
    errors.LedgerKeyNotKept: (
        "keys are kept from the command line",
        "tests/ledger/test_ledger_keys.py::test_a_key_file_that_others_can_read_is_refused",
    ),
    errors.RecoveryTextWrong: (
        "recovery texts are typed at the command line",
        "tests/cli/test_encryption_commands.py::test_a_wrong_recovery_text_is_refused_and_not_repeated",
    ),
    errors.NotRestored: (
        "copies are taken in from the command line",
        "tests/cli/test_ledger_commands.py::test_nothing_is_restored_over_books_that_are_there",
    ),
    errors.BooksNotOpened: (
        "a file of the ledger is damaged, not a sheet",
        PROGRAMS + "test_damaged_books_are_said_and_stop_no_other_clinic",
    ),
    errors.BooksNotUnderstood: (
        "a value in a file of the ledger is damaged, and a page is about several clinics",
        "tests/web/test_firm.py::test_a_value_that_cannot_be_read_hides_its_own_clinic_alone",
    ),
    errors.BooksBusy: (
        "somebody else is writing, for seconds",
        "tests/ledger/test_store.py::test_a_click_that_waits_too_long_is_told_to_try_again",
    ),
    errors.DiskFull: (
        "the disk is full, whatever is in a sheet",
        "tests/api/test_full_disk.py::test_a_view_that_cannot_be_recorded_is_refused_with_the_true_sentence",
    ),
    errors.LedgerReadOnly: (
        "the folder of the ledger can only be read",
        "tests/ledger/test_read_only.py::test_nothing_is_written_to_it_and_the_sentence_is_true",
    ),
    errors.CopyNeeded: (
        "a copy of a ledger lies in a folder that can only be read",
        "tests/ledger/test_read_only.py::test_a_log_that_cannot_be_read_is_not_passed_over",
    ),
    errors.DatabaseUnreachable: (
        "the database server does not answer, whatever is in a sheet",
        "tests/ledger/test_postgresql.py::test_a_server_that_is_not_there_is_said",
    ),
    errors.DatabaseTooSlow: (
        "the database ends a statement, whatever is in a sheet",
        "tests/api/test_metrics.py::test_a_statement_that_takes_too_long_is_ended_said_counted_and_does_not_stop_the_service",
    ),
    errors.NotReady: (
        "a load balancer asks, and no sheet",
        "tests/api/test_readiness.py::test_a_service_is_not_ready_while_its_database_lets_nobody_in",
    ),
    errors.MetricsOff: (
        "it takes a setting of the service",
        "tests/api/test_metrics.py::test_a_service_gives_no_metrics_unless_it_was_told_to",
    ),
    errors.DatabaseNotPrepared: (
        "databases are prepared from the command line",
        "tests/ledger/test_postgresql.py::test_a_role_that_could_pass_the_rules_is_refused",
    ),
    errors.ObjectStoreUnreachable: (
        "the store of the documents does not answer, whatever is in a sheet",
        IN_BUCKET + "test_a_store_that_does_not_answer_is_no_lost_document",
    ),
    errors.ObjectStoreDenied: (
        "it takes wrong credentials of the service",
        IN_BUCKET + "test_credentials_that_are_wrong_or_allow_too_little_are_said_to_be",
    ),
    errors.BucketMissing: (
        "it takes a setting of the service",
        IN_BUCKET + "test_a_bucket_that_is_not_there_is_said_to_be_missing",
    ),
    errors.BucketOfAnotherLedger: (
        "it takes a setting of the service",
        IN_BUCKET + "test_a_place_belongs_to_the_ledger_that_used_it_first",
    ),
    errors.ObjectStoreUnprotected: (
        "it takes a setting of the service",
        IN_BUCKET + "test_documents_do_not_cross_the_network_readable",
    ),
    service_refusals.RequestDoesNotPass: (
        "nothing stands before the service of the gallery",
        "tests/serverless/test_large_answers.py::test_the_desktop_addin_says_that_a_gateway_takes_no_request_of_a_size",
    ),
    errors.FunctionNotReady: (
        "the service of the gallery is no function",
        "tests/serverless/test_settings.py::test_a_setting_that_does_not_fit_is_named",
    ),
    errors.AnswerTooLarge: (
        "the service of the gallery is no function",
        "tests/serverless/test_large_answers.py::test_a_refusal_that_does_not_fit_is_said_to_be_too_large",
    ),
    errors.SentBodyUnusable: (
        "the service of the gallery is no function",
        "tests/serverless/test_large_requests.py::test_what_was_not_announced_is_not_taken",
    ),
    errors.ObjectStoreNotInstalled: (
        "the service is not installed as its settings need it",
        IN_BUCKET + "test_without_its_package_the_sentence_says_what_to_install",
    ),
    files.DiskIsFull: (
        "the disk of the workbook is full",
        "tests/api/test_full_disk.py::test_a_workbook_that_does_not_fit_stays_as_it_was",
    ),
    errors.WorkCutShort: (
        "a process is ended from outside",
        "tests/api/test_workers.py::test_a_click_that_ends_two_workers_is_told_and_the_next_one_works",
    ),
    errors.TokenNeeded: (
        "the add-in shows its token by itself",
        "tests/security/test_tokens.py::test_without_a_token_the_remedy_is_told",
    ),
    errors.TokenUnknown: (
        "a token is made by the service",
        "tests/security/test_tokens.py::test_a_wrong_token_is_refused_whatever_it_looks_like",
    ),
    errors.TokenRevoked: (
        "a token is revoked on the command line",
        "tests/security/test_tokens.py::test_a_revoked_token_opens_nothing_the_same_moment",
    ),
    errors.TokenExpired: (
        "nobody uses a token for half a year",
        "tests/security/test_tokens.py::test_a_token_expires_when_nobody_uses_it",
    ),
    errors.TokenNotListed: (
        "a token is revoked on the command line",
        "tests/cli/test_token_commands.py::test_an_id_that_names_no_token_or_several_revokes_none",
    ),
    errors.CodeUnusable: (
        "codes are typed into the task pane",
        "tests/security/test_pairing.py::test_a_code_works_once",
    ),
    errors.TooManyCodes: (
        "somebody is guessing codes",
        "tests/security/test_pairing.py::test_the_answer_to_too_many_codes_says_when_to_come_back",
    ),
    errors.SignInNeeded: (
        "a ledger without users asks nobody to sign in",
        "tests/ledger/test_user_sessions.py::test_what_is_no_token_needs_a_sign_in",
    ),
    errors.SessionEnded: (
        "a ledger without users has no sessions",
        "tests/ledger/test_user_sessions.py::test_a_session_ends_when_nobody_uses_it_and_in_any_case",
    ),
    errors.PairingEnded: (
        "codes are typed into the task pane",
        "tests/ledger/test_users.py::test_the_first_user_closes_the_ledger_for_every_token_and_code",
    ),
    errors.IdentityProviderCodeRefused: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_code_that_was_used_elsewhere_is_refused",
    ),
    errors.IdentityProviderDenied: (
        "nobody signs in on a sheet",
        PROVIDER + "test_whoever_stops_at_the_provider_is_told_so",
    ),
    errors.IdentityProviderGivesNoRole: (
        "nobody signs in on a sheet",
        PROVIDER + "test_whoever_is_in_no_group_any_more_is_out_everywhere",
    ),
    errors.IdentityProviderNameMissing: (
        "nobody signs in on a sheet",
        PROVIDER + "test_an_address_that_the_provider_has_not_checked_names_nobody",
    ),
    errors.IdentityProviderProofRefused: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_proof_that_is_not_right_signs_nobody_in",
    ),
    errors.IdentityProviderSignInNotBegun: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_wrong_state_signs_nobody_in",
    ),
    errors.IdentityProviderUnreachable: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_provider_that_fails_is_said_to",
    ),
    errors.IdentityProviderUnusable: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_description_that_does_not_fit_leads_nowhere",
    ),
    errors.IdentityProviderUserUnknown: (
        "nobody signs in on a sheet",
        PROVIDER + "test_a_user_for_whom_no_name_was_written_down_is_not_signed_in_and_nobody_is_added",
    ),
    errors.UserDisabled: ("nobody signs in on a sheet", PROVIDER + "test_a_disabled_user_stays_out"),
    errors.SignInRefused: (
        "nobody signs in on a sheet",
        "tests/ledger/test_sign_ins.py::test_a_wrong_name_password_and_a_disabled_user_get_one_answer",
    ),
    errors.SecondFactorNeeded: (
        "nobody signs in on a sheet",
        "tests/ledger/test_sign_ins.py::test_a_code_is_needed_and_works_once",
    ),
    errors.SecondFactorRefused: (
        "nobody signs in on a sheet",
        "tests/ledger/test_sign_ins.py::test_what_is_no_code_is_only_wrong",
    ),
    errors.SecondFactorMissing: (
        "nobody signs in on a sheet",
        "tests/ledger/test_sign_ins.py::test_an_app_is_needed_by_administrators_and_attorneys",
    ),
    errors.SecondFactorKept: (
        "nobody signs in on a sheet",
        "tests/ledger/test_sign_ins.py::test_an_app_is_taken_over_by_nobody_who_knows_the_password_alone",
    ),
    errors.TooManySignIns: (
        "somebody is guessing passwords",
        "tests/ledger/test_sign_ins.py::test_failures_from_one_address_are_refused_after_five_and_twenty",
    ),
    errors.PasswordUnusable: (
        "no sheet has a password",
        "tests/ledger/test_password_links.py::test_a_password_that_is_easy_to_guess_is_refused_with_the_reason",
    ),
    errors.LinkUnusable: (
        "no sheet has a password",
        "tests/ledger/test_password_links.py::test_a_code_sets_a_password_once",
    ),
    errors.ClinicOpenAlready: (
        "a clinic is opened on a page of the browser",
        "tests/ledger/test_emergency_access.py::test_what_is_open_or_given_is_not_opened_again",
    ),
    errors.EmergencyAccessOff: (
        "a clinic is opened on a page of the browser",
        "tests/ledger/test_emergency_access.py::test_a_firm_can_turn_it_off_also_for_what_is_open",
    ),
    errors.EmergencyReasonUnusable: (
        "a clinic is opened on a page of the browser",
        "tests/ledger/test_emergency_access.py::test_a_reason_is_some_words",
    ),
    errors.UnknownEmergencyAccess: (
        "a clinic is opened on a page of the browser",
        "tests/ledger/test_emergency_access.py::test_it_is_ended_by_its_person_by_an_administrator_and_by_nobody_else",
    ),
    errors.CaseNotYours: (
        "attorneys have pages, and no workbook",
        "tests/web/test_attorney.py::test_another_attorneys_case_is_answered_like_one_that_does_not_exist",
    ),
    errors.StatusAskedAlready: (
        "attorneys have pages, and no workbook",
        "tests/web/test_attorney_requests.py::test_a_case_has_one_open_request_of_an_attorney",
    ),
    errors.StatusMessageUnusable: (
        "attorneys have pages, and no workbook",
        "tests/web/test_attorney_requests.py::test_a_message_that_cannot_be_shown_is_refused_and_stays_typed",
    ),
    errors.FutureAsOf: (
        "the day is an option of the button and in no sheet",
        "tests/ribbon/test_aging.py::test_a_day_that_has_not_come_is_refused_in_words",
    ),
    errors.TooManyStatusRequests: (
        "attorneys have pages, and no workbook",
        "tests/web/test_attorney_requests.py::test_an_attorney_asks_about_so_many_cases_a_day",
    ),
    errors.UnknownStatusRequest: (
        "only a program names a request by its number",
        "tests/web/test_attorney_requests.py::test_one_unknown_request_answers_none",
    ),
    errors.UnknownUser: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_what_does_not_fit_together_is_refused",
    ),
    errors.UnknownProgram: (
        "tokens of programs are made on the command line",
        "tests/ledger/test_password_links.py::test_a_program_is_revoked_by_its_name",
    ),
    errors.NameTaken: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_a_name_never_goes_to_another_user",
    ),
    errors.UserUnusable: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_a_full_name_is_one_that_books_can_keep",
    ),
    errors.FirstAdministrator: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_the_first_user_is_an_administrator_of_every_clinic_with_a_password",
    ),
    errors.RightsExceeded: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_an_administrator_of_one_clinic_gains_no_other",
    ),
    errors.LastAdministrator: (
        "users are looked after on the command line",
        "tests/ledger/test_users.py::test_who_looks_after_all_users_is_never_lost",
    ),
    errors.DeviceCodeUnusable: (
        "a device signs in, and no sheet does",
        "tests/ledger/test_device_sign_ins.py::test_short_codes_are_not_guessed",
    ),
    errors.DeviceNotApproved: (
        "a device signs in, and no sheet does",
        "tests/ledger/test_device_sign_ins.py::test_an_approved_device_gets_one_session_of_who_approved_it",
    ),
    errors.DeviceAskedTooSoon: (
        "a device signs in, and no sheet does",
        "tests/ledger/test_device_sign_ins.py::test_a_device_asks_no_faster_than_its_interval",
    ),
    errors.HeadersTooLarge: (
        "Excel and the add-ins send few headers",
        "tests/api/test_connections.py::test_headers_beyond_the_limit_are_refused",
    ),
    errors.RequestTooSlow: (
        "a request stops halfway",
        "tests/api/test_connections.py::test_headers_that_stop_halfway_are_told_why",
    ),
    protocol_version.AddInTooOld: (
        "the add-in and the service of one installation are of one version",
        "tests/api/test_protocol_version.py::test_the_desktop_add_in_takes_no_answer_of_another_version",
    ),
    protocol_version.AddInTooNew: (
        "the add-in and the service of one installation are of one version",
        "tests/api/test_protocol_version.py::test_the_desktop_add_in_takes_no_answer_of_another_version",
    ),
    errors.AddInTooOld: (
        "the add-in and the service of one installation are of one version",
        "tests/api/test_protocol_version.py::test_an_add_in_of_another_version_is_refused_and_nothing_is_done",
    ),
    errors.AddInTooNew: (
        "the add-in and the service of one installation are of one version",
        "tests/api/test_protocol_version.py::test_an_add_in_of_another_version_is_refused_and_nothing_is_done",
    ),
    errors.ServiceFull: (
        "it would take 64 requests at once",
        "tests/api/test_connections.py::test_more_requests_at_once_than_are_answered_are_told_to_come_again",
    ),
    errors.TooManyRequests: (
        "nobody presses buttons that fast",
        "tests/security/test_request_limits.py::test_one_program_that_never_stops_does_not_slow_the_others",
    ),
    errors.ProxyUnclear: (
        "a proxy is between Excel and the service",
        "tests/security/test_proxied_requests.py::test_a_named_proxy_says_where_a_request_is_from_and_how_it_came",
    ),
    errors.NotEncrypted: (
        "a proxy is between Excel and the service",
        "tests/security/test_proxied_requests.py::test_a_named_proxy_says_where_a_request_is_from_and_how_it_came",
    ),
    errors.NotProtected: (
        "where the service listens is decided on the command line",
        "tests/security/test_remote_access.py::test_each_missing_part_is_enough",
    ),
    errors.CertificateUnusable: (
        "a certificate is damaged, not a sheet",
        "tests/security/test_serve.py::test_a_damaged_certificate_keeps_the_service_from_starting_in_words",
    ),
    service_refusals.ServiceNotTrusted: (
        "another program took the port of a service over HTTPS",
        "tests/security/test_serve.py::test_another_program_on_the_services_port_is_shown_nothing",
    ),
    refusals.UnusableReply: (
        "our service does not send one",
        "tests/addin/test_applying.py::test_a_reply_that_does_not_fit_changes_nothing",
    ),
    refusals.UnknownRows: (
        "only the command line names rows",
        "tests/cli/test_commands.py::test_rows_the_sheet_does_not_have_are_refused",
    ),
    service_refusals.ServiceTooSlow: (
        "it would take five minutes",
        PROGRAMS + "test_a_service_that_never_answers_is_given_up",
    ),
    service_refusals.NotOurService: (
        "another program answers at the address",
        "tests/addin/test_service.py::test_another_program_at_that_port_is_not_taken_for_ours",
    ),
    files.NotAllowed: (
        "git keeps no permissions to read",
        PROGRAMS + "test_a_file_the_system_does_not_give_out_is_said",
    ),
    files.NotARegularFile: (
        "git keeps neither pipes nor devices",
        "tests/addin/test_hostile_files.py::test_what_is_no_regular_file_is_refused_unread",
    ),
    files.ChangedMeanwhile: (
        "somebody saves the file while the button runs",
        "tests/addin/test_saving.py::test_a_file_somebody_else_saved_meanwhile_is_left_alone",
    ),
    errors.StaleInvoice: (
        ON_ITS_ROW,
        "tests/invoices/test_step_batches.py::test_a_row_of_a_sheet_that_was_overtaken_is_refused_by_name",
    ),
    errors.ActionNotOpen: (
        ON_ITS_ROW,
        "tests/invoices/test_state_machine.py::test_what_the_table_does_not_list_is_refused_with_the_open_actions_named",
    ),
    errors.InputsUnusable: (
        ON_ITS_ROW,
        "tests/invoices/test_step_inputs.py::test_everything_wrong_in_a_row_is_named_at_once",
    ),
    errors.NeedsManager: (
        "until the service knows its users, whoever presses is a manager",
        "tests/invoices/test_state_machine.py::test_what_only_a_manager_may_do_is_refused_a_biller",
    ),
    errors.AmountDoesNotFit: (
        ON_ITS_ROW,
        "tests/invoices/test_state_machine.py::test_a_cheque_that_pays_less_is_refused_with_the_exceptions_there_are",
    ),
    errors.CreditNotUsable: (
        ON_ITS_ROW,
        "tests/invoices/test_credits.py::test_of_several_credits_the_cheque_number_or_the_invoice_names_one",
    ),
    errors.DuplicateCheque: (
        ON_ITS_ROW,
        "tests/invoices/test_cheques.py::test_the_same_payer_number_and_amount_again_is_refused_naming_where_it_is",
    ),
    refusals.Canceled: (
        IN_EXCEL,
        "tests/addin/test_questions.py::test_a_canceled_box_records_nothing_and_says_so",
    ),
    refusals.SheetGone: (
        IN_EXCEL,
        "tests/addin/test_remedies.py::test_a_click_that_goes_on_about_a_renamed_sheet_says_so_and_reads_no_other",
    ),
    refusals.QuestionsOpen: (
        IN_EXCEL,
        "tests/addin/test_questions.py::test_a_required_question_without_an_answer_sends_nothing",
    ),
    errors.ChequeDiffers: (
        ON_ITS_ROW,
        "tests/invoices/test_step_batches.py::test_rows_of_one_cheque_agree_on_its_dates",
    ),
}
"""Refusals that no sheet provokes: why, and the test that does."""

DUE_DAYS = "what is due depends on the day, and the sheets of the gallery are of no day"
SAVED = "tests/ribbon/test_reminders_saved.py::"

FINDINGS_ELSEWHERE: dict[str, tuple[str, str]] = {
    "reminder-not-recorded": (DUE_DAYS, SAVED + "test_a_row_that_cannot_be_added_says_why"),
    "reminder-moved-on": (
        DUE_DAYS,
        SAVED + "test_of_two_people_who_decide_about_one_row_the_second_is_refused_by_name",
    ),
    "reminder-mixed-up": (
        DUE_DAYS,
        SAVED + "test_a_sheet_of_another_clinic_and_a_pasted_row_are_not_recorded",
    ),
    "nothing-to-claim": (
        "it takes a case whose invoices are settled",
        "tests/ribbon/test_case_letters.py::test_each_case_has_a_letter_of_its_own_and_what_is_missing_is_a_finding",
    ),
    "envelope-too-long": (
        "the file that it is about has the day in its name",
        "tests/ribbon/test_statement_letters.py::test_an_address_that_no_window_shows_is_a_finding",
    ),
    "lien-without-protection": (
        "the question that shows it has a number that depends on the day",
        "tests/ribbon/test_case_letters.py::test_a_lien_is_no_more_than_what_is_left_of_the_cap",
    ),
    "backup-late": (
        "the last good backup is too long ago, whatever is in a sheet",
        "tests/backups/test_service_backups.py::test_a_click_that_is_recorded_says_that_the_last_good_backup_is_too_old",
    ),
    "backup-missing": (
        "no backup was made, whatever is in a sheet",
        "tests/backups/test_service_backups.py::test_where_no_backup_was_ever_good_a_click_says_why",
    ),
    "clock-set-back": (
        "the clock of the computer was set back, whatever is in a sheet",
        "tests/ribbon/test_clock_set_back.py::test_a_click_that_is_recorded_says_that_the_clock_was_set_back",
    ),
}
"""Findings that no sheet provokes: why, and the test that does."""

ENTRIES = entries(FOLDER)
SHOWN = {entry.code for entry in ENTRIES if entry.is_refusal}


def raised(base: type[Exception]) -> Iterator[type[Exception]]:
    """Yield the refusals under a base that say something of their own; one with others under it does not."""
    below = base.__subclasses__()
    for one in below:
        yield from raised(one)
    if not below and base is not service_refusals.Refused:
        yield base


ADDIN = {module.__name__ for module in (refusals, files, protocol_version, service_refusals)}
"""Where the add-in's refusals of a click stand; those of its installer are no business of sheets."""

REFUSALS = sorted(
    {*raised(BillingError), *(one for one in raised(Refusal) if one.__module__ in ADDIN)},
    key=lambda one: (one.__module__, one.__name__),
)


def code_of(refusal: type[Exception]) -> str:
    assert issubclass(refusal, BillingError | Refusal)
    return refusal.code


def test_every_finding_is_in_the_gallery_or_has_a_reason_not_to_be_and_nothing_else_is() -> None:
    shown = {entry.code for entry in ENTRIES if entry.is_finding}
    assert not shown & FINDINGS_ELSEWHERE.keys()
    assert shown | FINDINGS_ELSEWHERE.keys() == set(FINDINGS)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_refusal_is_in_the_gallery_or_has_a_reason_not_to_be(refusal: type[Exception]) -> None:
    assert (code_of(refusal) in SHOWN) != (refusal in ELSEWHERE)


def test_the_gallery_shows_no_refusal_that_nobody_raises() -> None:
    assert {code_of(refusal) for refusal in REFUSALS} >= SHOWN


@pytest.mark.parametrize("test", [test for _, test in (*ELSEWHERE.values(), *FINDINGS_ELSEWHERE.values())])
def test_what_no_sheet_provokes_has_a_test_of_its_own(test: str) -> None:
    assert is_test(test)
