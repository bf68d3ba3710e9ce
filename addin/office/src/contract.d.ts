/** The types of the messages between Excel and the service (docs/contracts.md#clicks). */

export type Value = string | number | boolean | null;

export interface SentSheet {
  name: string;
  hidden: boolean;
  top_left: string;
  columns: Value[][];
  formats: (string | (string | null)[] | null)[];
  hidden_rows: number[];
  merged: string[];
}

/** A sheet that we wrote: its kind (sheets of one kind are replaced together), and the cells that show the state of what it is about. */
export interface WrittenSheet {
  name: string;
  kind: string;
  state: string | null;
}

export interface Click {
  request_id: string;
  workbook: { name: string; clinic: string | null; date_system: 1900 | 1904; written: WrittenSheet[] };
  sheets: SentSheet[];
  /** The sheets that the previous answer asked for; a name that is not among the sheets is not in the workbook. */
  asked_sheets: string[];
  selection: { sheet: string; rows: number[] };
  inputs: Record<string, Value>;
}

export type Severity = "blocker" | "review" | "info";

/** An offer: a button to press with these inputs, and what the offer says. */
export interface Remedy {
  label: string;
  button: string;
  inputs: Record<string, Value>;
  /** Whether the click that was answered with it goes on afterward; it does if this is left out. */
  resumes?: boolean;
}

export interface Finding {
  severity: Severity;
  code: string;
  sheet: string;
  cell: string;
  row: number | null;
  column: string;
  message: string;
  remedy: string;
  remedies?: Remedy[];
}

export interface AskedField {
  name: string;
  label: string;
  /**
   * "several" allows any number of choices; the answer is their values, separated by semicolons. The choices of "buttons"
   * are the buttons that send the form, instead of Continue. If they are not required, the form also has Continue.
   */
  kind: "text" | "choice" | "several" | "date" | "number" | "yes-no" | "file" | "buttons";
  choices: { value: string; label: string }[];
  default: string | null;
  required: boolean;
  /** What to do if it is required and has no answer, "" for what its kind says anyway. */
  missing?: string;
}

/** Texts under headings, if it has any. */
export interface AskedTable {
  title: string;
  headings: string[];
  rows: string[][];
}

export interface Asks {
  title: string;
  fields: AskedField[];
  /** What the questions are about. */
  tables?: AskedTable[];
  /** Without fields the user is not asked: the button is pressed once more, with these sheets. */
  sheets: string[];
}

export interface Edit {
  sheet: string;
  range: string;
  values?: Value[][] | null;
  fill?: string | null;
  format?: string | null;
  /** The dropdown of every cell; an empty list takes it away. */
  choices?: string[] | null;
}

export interface Chart {
  sheet: string;
  kind: "column" | "bar" | "line" | "pie";
  /** Its first row names the series, its first column the points. */
  source: string;
  title: string;
  /** The cells that the chart covers; without them, it is drawn beside its source. */
  place?: string | null;
}

/** One measure of a panel. `share` is the length of its bar, from 0 to 1; `opens` is the button that shows what is behind it. */
export interface PanelRow {
  label: string;
  value: string;
  note: string;
  share: number | null;
  color: string | null;
  opens: Remedy | null;
}

/** A small table of measures, shown with the result. */
export interface Panel {
  title: string;
  rows: PanelRow[];
}

export interface Output {
  id: string;
  url: string;
  sha256: string;
  sheets: { name: string }[];
}

/** A file for the person, handed over under this name. */
export interface ReplyFile {
  id: string;
  url: string;
  sha256: string;
  name: string;
}

export interface Reply {
  summary: string;
  level: "done" | "review" | "blocked";
  figures: Record<string, unknown>;
  findings: Finding[];
  findings_total: number;
  output: Output | null;
  file: ReplyFile | null;
  edits: Edit[];
  charts: Chart[];
  panels?: Panel[];
  clear_marks: string[];
  bind: { clinic: string } | null;
  asks: Asks | null;
  activate: string | null;
  /** The id of the button that is the next step of the work. */
  next?: string | null;
}

/** A refusal in the form of RFC 9457; the add-in's own refusals have the same form. */
export interface Problem {
  code: string;
  status?: number;
  title: string;
  detail: string;
  remedy: string;
  /** The button of the first remedy. */
  button?: string | null;
  /** The best first. */
  remedies?: Remedy[];
  findings?: Finding[];
}

/** Who makes the requests: for each button that this person may not press, for whom it is. */
export interface Session {
  name: string;
  role: string;
  buttons: string[];
  not_allowed: Record<string, string>;
  has_users: boolean;
  /** Sentences that the person should read. */
  notes: string[];
}

/** How the installation of the service is. */
export interface Examined {
  level: "good" | "attention" | "bad";
  checks: { part: string; level: "good" | "attention" | "bad"; says: string; remedy: string }[];
}

/** When the last good backup of the books was begun, an instant, and whether that is too long ago. */
export interface LastBackup {
  made_at: string | null;
  is_late: boolean;
}

/** An input that can be set before a button is pressed. */
export interface Option {
  name: string;
  label: string;
  kind: "text" | "choice" | "date";
  choices: string[];
}

export interface Button {
  id: string;
  label: string;
  tip: string;
  reads: "active" | "none" | string[];
  /** Further sheets that are sent with the active one if the workbook has them. */
  reads_beside?: string[];
  /** The sheets of which the workbook must have one, or else the button can do nothing. */
  works_on: string[];
  clinic: boolean;
  size: "large" | "small";
  options: Option[];
  /** The id of the button that is the next step of the work. */
  next: string | null;
  /** The letter of its keyboard shortcut, "" if it has none. */
  shortcut: string;
  /** Where the service says how much waits behind the button, below the address of the clinic; "" for nowhere. */
  badge: string;
}

/** What the pane does by itself, without asking the service. */
export interface PaneAction {
  id: string;
  label: string;
  tip: string;
  shortcut: string;
  on_ribbon: boolean;
}

/** What the desktop add-in does by itself. */
export interface DesktopAction {
  id: string;
  label: string;
  keytip: string;
  tip: string;
}

/** A workbook to start from, and what to do once it is open. */
export interface Starter {
  file: string;
  label: string;
  then: string;
}

export interface Ribbon {
  tab: string;
  /** What the product is for, in one sentence. */
  purpose: string;
  group: { id: string; label: string }[];
  button: Button[];
  pane: PaneAction[];
  desktop: DesktopAction[];
  starter: Starter[];
}

/** A sign-in on a page of the browser: the code that Excel keeps, the one that it shows, and how often it may ask. */
export interface DeviceCodes {
  device_code: string;
  user_code: string;
  page: string;
  ends_in_seconds: number;
  interval_seconds: number;
}
