-- The reminders of a clinic are looked for whenever the task pane shows its buttons: a few steps among millions.
CREATE INDEX step_reminds ON step (clinic, invoice, place) WHERE action = 'remind';
