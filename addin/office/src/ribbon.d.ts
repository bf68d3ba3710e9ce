/** The ribbon table, served by the service as a module (server/api/pages.py). */
export const RIBBON: import("./contract.js").Ribbon;
/** The version of the product. */
export const VERSION: string;
