/**
 * Days as Excel's serial numbers. ExcelJS hands out JavaScript dates: they are turned back at once, in
 * UTC, because an instant moves to another day with the time zone and a serial number does not.
 */

const DAY_MS = 86_400_000;
const UNIX_EPOCH = 25_569;
/** Days from the first day of one date system to that of the other. */
export const SHIFT_1904 = 1462;
/** Excel believes in 29 February 1900: serials before it are one less. */
const FIRST_SOUND_SERIAL = 61;

/** @param {Date} date @param {boolean} is1904 @returns {number} */
export function serialOfDate(date, is1904) {
  const days = date.getTime() / DAY_MS + UNIX_EPOCH - (is1904 ? SHIFT_1904 : 0);
  // A millisecond is 1.2e-8 of a day: what lies below it is noise of the conversion.
  return Math.round(days * 1e9) / 1e9;
}

/** @param {number} year @param {number} month from 1 @param {number} day @returns {number | null} null where there is no such day */
export function serialOf(year, month, day) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
  const serial = date.getTime() / DAY_MS + UNIX_EPOCH;
  if (!real || serial < 2) return null;
  return serial < FIRST_SOUND_SERIAL ? serial - 1 : serial;
}
