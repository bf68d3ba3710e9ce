/** Versions of requirement sets, such as 1.9 and 1.13: numbers between dots, no decimals. */

/** @param {string} version @param {string} wanted @returns {boolean} whether a version is the wanted one or later */
export function reaches(version, wanted) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
