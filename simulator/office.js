/**
 * Stands in for Microsoft's office.js: a page in the simulated Excel's task pane gets its objects from the window around it.
 *
 * A classic script, because the real one is and pages load it that way.
 */
{
  const shell = /** @type {any} */ (window.parent).simulatedExcel;
  if (!shell)
    throw new Error("This office.js works inside the simulated Excel only: open it with `clinicledger try`.");
  Object.assign(window, shell.officeFor(window));
}
