"""What a log could be misread as, or a button mistaken about, at the cost of money: where each is shown and tested.

The table is kept so that a misreading that was mended stays mended: whoever changes how logs are read finds here the
file that shows it and the test that fails where it comes back.
"""

from dataclasses import dataclass

import pytest

from tests.gallery.build import FOLDER
from tests.gallery.named_tests import is_test
from tests.gallery.transcript import Entry

APPOINTMENT_LOG = "tests/sheets/test_appointment_log.py::"
APPROVAL = "tests/ribbon/test_approval.py::"
CELLS = "tests/ribbon/test_cells_of_a_log.py::"
COLUMNS = "tests/sheets/test_unread_columns.py::"
DATES = "tests/sheets/test_dates.py::"
IDENTITY = "tests/billing/test_visit_identity.py::"
OPENING = "tests/addin/test_opening.py::"
PAID_BEFORE = "tests/ribbon/test_paid_before.py::"
ROWS = "tests/sheets/test_log_rows.py::"
RUNS = "tests/end_to_end/test_runs.py::"
UNPAID = "tests/ribbon/test_unpaid_logs.py::"
VALUES = "tests/errors/test_shown_values.py::"


@dataclass(frozen=True, slots=True)
class Misreading:
    """What would go wrong, the entries of the gallery that show it going right, and tests of the same kind of log."""

    words: str
    shown: tuple[str, ...]
    tests: tuple[str, ...]


MISREADINGS = (
    Misreading(
        "A visit is paid again because the next export writes its ID or patient otherwise, or has none.",
        (
            "probably-paid", "probably-paid.ids-added", "probably-paid.zeros-lost", "probably-paid.patients-respelled",
            "probably-paid.patients-gone", "replies/ids-in-lower-case", "replies/ids-with-hidden-marks",
        ),
        (
            PAID_BEFORE + "test_an_id_is_known_again_however_it_is_written",
            PAID_BEFORE + "test_visits_under_other_ids_are_asked_about_and_never_paid_again_unasked",
            "tests/ribbon/test_exports_of_the_same_visits.py::test_no_visit_is_paid_again_unless_somebody_calls_it_another_one",
        ),
    ),
    Misreading(
        "Times and plain numbers in one column are all read as the first of them is formatted.",
        ("column-question.times-and-numbers", "time-or-number", "implausible-minutes"),
        (
            CELLS + "test_a_time_and_a_number_in_one_column_are_asked_about_and_never_paid_in_days",
            CELLS + "test_visits_of_a_few_minutes_or_many_hours_want_a_look",
            "tests/sheets/test_durations.py::test_one_changed_cell_never_changes_another",
            "tests/sheets/test_durations.py::test_what_is_no_duration_is_refused",
        ),
    ),
    Misreading(
        "The patient's number is taken for the appointment's, and the patient's later visits count as paid.",
        (
            "column-question.appointment-number", "column-question.number-paid-before",
            "id-paid-for-another-visit", "day-changed-since-paid",
        ),
        (
            PAID_BEFORE + "test_an_id_column_paid_for_other_days_is_asked_about_once",
            PAID_BEFORE + "test_an_id_column_that_repeats_for_different_days_is_asked_about",
            PAID_BEFORE + "test_an_id_paid_for_another_day_is_never_silently_already_paid",
        ),
    ),
    Misreading(
        "A no under No-show is taken for a visit, although another column says that it was cancelled.",
        ("column-question.status",),
        (COLUMNS + "test_a_flag_decides_nothing_beside_a_column_that_looks_like_the_status",),
    ),
    Misreading(
        "One mistyped date turns the days and months of the whole column, even against the answer given.",
        ("column-question.one-odd-date", "not-month-first", "not-day-first"),
        (
            CELLS + "test_one_mistyped_date_blocks_alone_and_the_answer_holds",
            CELLS + "test_one_mistyped_date_is_no_reason_to_read_the_others_day_first",
            DATES + "test_one_odd_date_among_many_that_could_be_either_is_no_proof",
            DATES + "test_one_changed_cell_never_changes_the_meaning_of_another",
        ),
    ),
    Misreading(
        "One of several columns of money received is taken for all of it.",
        (
            "column-question.money", "column-question.part-of-the-money", "column-question.part-unknown",
            "total-differs-from-parts",
        ),
        (
            COLUMNS + "test_a_part_beside_unknown_money_is_not_taken_for_all_of_it",
            COLUMNS + "test_a_total_that_is_not_the_sum_of_its_parts_is_asked_about_once",
            "tests/sheets/test_any_column.py::test_collected_money_is_never_taken_in_part",
        ),
    ),
    Misreading(
        "Hours are paid as minutes.",
        ("column-question.hours-or-minutes", "minutes-converted", "implausible-minutes"),
        (
            CELLS + "test_a_duration_of_hours_is_never_taken_for_minutes_unasked",
            CELLS + "test_hours_are_hours_and_it_is_said",
        ),
    ),
    Misreading(
        "The only draft is approved in a workbook that shows another run.",
        ("replies/run-of-its-own-workbook", "refusals/unknown-run.on-sheet"),
        (
            RUNS + "test_approving_in_one_workbook_never_touches_the_run_of_another",
            APPROVAL + "test_in_the_workbook_of_an_approved_run_the_only_draft_is_left_alone",
            APPROVAL + "test_without_a_summary_it_is_asked_which_draft_and_none_is_suggested",
        ),
    ),
    Misreading(
        "A visit without a date is taken for a totals row, because a cell of it begins with Total.",
        ("blank-date", "blank-date.total", "blank-date.total-in-a-note"),
        (
            ROWS + "test_a_row_without_a_date_counts_and_blocks_whatever_its_words_begin_with",
            ROWS + "test_no_row_of_a_sheet_goes_uncounted",
            "tests/sheets/test_log_furniture.py::test_no_row_of_any_sheet_is_lost",
        ),
    ),
    Misreading(
        "What was paid is changed in the log afterwards, or is gone from it, and nothing is said.",
        (
            "missed-since-paid", "provider-changed-since-paid", "vanished-since-paid", "day-changed-since-paid",
            "service-changed-since-paid", "patient-changed-since-paid", "changed-since-paid", "paid-to-another-provider",
        ),
        (
            PAID_BEFORE + "test_a_difference_to_what_was_paid_is_said_and_adjusted",
            PAID_BEFORE + "test_a_paid_visit_that_left_the_log_is_said_with_day_and_provider",
        ),
    ),
    Misreading(
        "An amount that its thousands comma cuts in two is paid without its second half.",
        ("surplus-cell", "surplus-cell.thousands", "amount-cut-in-two"),
        (
            ROWS + "test_amounts_cut_at_their_thousands_comma_block_even_where_all_are",
            ROWS + "test_a_cut_amount_blocks_where_the_cells_behind_it_moved_on",
            ROWS + "test_a_cell_beside_the_headings_blocks_its_row_and_no_other",
            "tests/sheets/test_shown_days.py::test_an_amount_whose_cents_are_in_the_note_blocks",
        ),
    ),
    Misreading(
        "The day of the booking is suggested, or taken, as the day of the visit.",
        ("column-question", "column-question.booked-or-held", "replies/day-of-the-appointment"),
        (
            COLUMNS + "test_the_day_of_the_visit_is_offered_before_the_day_of_the_booking",
            COLUMNS + "test_the_day_of_the_appointment_is_known_beside_the_day_it_was_booked",
        ),
    ),
    Misreading(
        "An amount that is merged over several rows is paid in each of them.",
        ("merged-amount", "merged-row"),
        (ROWS + "test_a_merged_amount_is_paid_once", ROWS + "test_a_row_that_is_merged_altogether_is_not_paid_twice"),
    ),
    Misreading(
        "Two sessions of one patient on one day are called the same row written twice.",
        ("several-a-day", "identical-rows"),
        (IDENTITY + "test_sessions_at_other_times_are_said_once_and_copies_row_by_row",),
    ),
    Misreading(
        "A patient's number that lost its last digits says which visit a row is.",
        ("damaged-patient", "damaged-id"),
        (
            APPOINTMENT_LOG + "test_a_patient_number_that_lost_its_digits_blocks_only_where_no_id_names_the_visit",
        ),
    ),
    Misreading(
        "Real dates are taken as they are, although Excel of another country exchanged their days and months.",
        ("swapped-date", "swapped-date.month-first"),
        (DATES + "test_real_dates_that_excel_of_another_country_made_are_not_trusted",),
    ),
    Misreading(
        "A subtotal, a count, a page footer or a summary table is taken for visits, and its words for names.",
        (
            "page-furniture", "page-furniture.subtotals", "page-furniture.summary", "total-verified.no-label",
            "total-verified.count-under-dates", "repeated-headers.shorter",
        ),
        (
            ROWS + "test_a_subtotal_is_never_offered_as_a_spelling_of_a_provider",
            ROWS + "test_subtotals_as_excel_writes_them_are_held_against_their_group",
            ROWS + "test_a_total_with_the_count_under_the_dates_is_a_total",
            ROWS + "test_an_unlabelled_row_is_a_total_only_if_it_adds_up",
            ROWS + "test_a_page_footer_is_left_out_and_said",
            ROWS + "test_a_shorter_repeated_header_is_a_header",
            ROWS + "test_a_summary_table_below_the_log_is_left_out",
            "tests/sheets/test_log_furniture.py::test_a_log_with_furniture_pays_what_it_pays_without",
        ),
    ),
    Misreading(
        "A draft is approved at rates that have changed since it was made.",
        ("replies/draft-out-of-date",),
        (
            APPROVAL + "test_a_rate_saved_since_the_draft_is_said_with_both_totals",
            RUNS + "test_a_rate_saved_after_the_draft_is_not_approved_unasked",
        ),
    ),
    Misreading(
        "The last character of a file is dropped, and what is left of the cell is paid.",
        ("not-money.last-byte", "unknown-provider.last-letter"),
        (
            OPENING + "test_the_last_characters_of_a_file_are_read_like_all_others",
            OPENING + "test_a_file_cut_within_its_last_character_shows_that_it_is_damaged",
        ),
    ),
    Misreading(
        "An appointment that is once attended and once cancelled is paid without a remark.",
        ("id-also-missed",),
        (IDENTITY + "test_an_appointment_once_cancelled_and_once_attended_is_paid_and_remarked_on",),
    ),
    Misreading(
        "Visits that are paid already are called excluded, and leave a draft of nothing that can be approved.",
        ("replies/paid-already", "draft-withdrawn"),
        (
            UNPAID + "test_a_log_that_was_paid_already_says_in_which_run_and_leaves_no_draft",
            UNPAID + "test_the_earlier_draft_of_a_period_that_pays_nothing_now_is_voided_and_said",
        ),
    ),
    Misreading(
        "An approved run is called one that was never generated.",
        ("replies/approved-already", "refusals/run-is-voided"),
        (APPROVAL + "test_in_the_workbook_of_an_approved_run_the_only_draft_is_left_alone",),
    ),
    Misreading(
        "A sentence calls an amount by the name of its column, or counts one row as several.",
        ("zero-measure", "missing-measure.collected", "missing-measure"),
        (
            "tests/gallery/test_gallery.py::test_one_of_something_is_not_said_as_several",
            VALUES + "test_all_that_a_sentence_is_filled_with_is_a_plain_name",
            VALUES + "test_rows_are_counted_as_staff_count_them",
        ),
    ),
    Misreading(
        "IDs that look like numbers, such as 1.10 and 1.1, become one, and 5E3 is called damaged.",
        ("replies/ids-like-numbers", "nearly-same-id"),
        (
            OPENING + "test_a_field_becomes_a_number_only_where_nothing_is_lost",
            APPOINTMENT_LOG + "test_an_id_with_an_e_in_it_is_whole",
            APPOINTMENT_LOG + "test_an_id_is_text_with_the_zeros_it_is_shown_with",
        ),
    ),
    Misreading(
        "A cell of 30,000 characters makes a message of 30,000 characters.",
        ("unknown-provider.very-long",),
        (
            VALUES + "test_no_sentence_shows_more_of_a_cell_than_can_be_read",
            VALUES + "test_a_refusal_shows_no_more_of_a_cell_than_a_finding",
        ),
    ),
    Misreading(
        "Charges are asked about where nobody is paid by them, and no answer adds two of them up where somebody is.",
        ("replies/charge-that-pays-nobody", "column-question.two-charges"),
        (
            COLUMNS + "test_two_charges_and_a_total_fee_are_asked_about_only_where_pay_depends_on_them",
            COLUMNS + "test_money_nobody_is_paid_by_is_not_asked_about",
            COLUMNS + "test_columns_that_are_added_up_are_not_called_the_sum_of_their_total",
        ),
    ),
    Misreading(
        "A date is refused for a mark that nobody sees, in a sentence that shows a date that looks right.",
        ("not-a-date.hidden-mark", "not-a-date.full-width"),
        (
            VALUES + "test_a_date_that_looks_right_says_what_is_hidden_in_it",
            VALUES + "test_what_is_easily_overlooked_is_named",
        ),
    ),
)  # fmt: skip


def in_words(misreading: Misreading) -> str:
    return misreading.words


@pytest.mark.parametrize("misreading", MISREADINGS, ids=in_words)
def test_a_misreading_is_shown_by_a_file_of_the_gallery(misreading: Misreading) -> None:
    assert misreading.shown
    for name in misreading.shown:
        entry = Entry(FOLDER / f"{name}.txt")
        assert entry.path.is_file(), name
        assert [path for path in entry.files() if path.stem == entry.path.stem], name


@pytest.mark.parametrize("misreading", MISREADINGS, ids=in_words)
def test_a_misreading_has_a_test_of_its_own(misreading: Misreading) -> None:
    assert misreading.tests
    for node_id in misreading.tests:
        assert is_test(node_id), node_id
