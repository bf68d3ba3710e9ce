/** Workbooks from disk and to disk. */

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** @param {string} address @returns {Promise<{name: string, bytes: Uint8Array}>} the workbook `clinicledger try` was given */
export async function fetchWorkbook(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error("The service did not give the workbook.");
  const told = /filename\*=utf-8''([^;]+)|filename="([^"]+)"/i.exec(
    response.headers.get("Content-Disposition") ?? "",
  );
  const name = told?.[1] ? decodeURIComponent(told[1]) : (told?.[2] ?? "Workbook.xlsx");
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** @param {Uint8Array} bytes @param {string} name */
export function download(bytes, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], { type: XLSX }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
