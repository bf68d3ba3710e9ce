/** The version of what this add-in and the service say to each other (docs/contracts.md#protocol). */

import { Refusal } from "./refusals.js";

const PROTOCOL = 1;

/** What a request says it takes, and with it the version. A header of its own would stop a browser on its way into the store. */
export const ACCEPTED = `application/json;protocol=${PROTOCOL}, */*`;

/** The header with which every answer says the version of the service. */
export const PROTOCOL_OF_SERVICE = "X-Protocol";

/**
 * Throw a Refusal if the service is of another version.
 * @param {string | null} said the header of an answer
 */
export function checkProtocol(said) {
  const version = /^\d+$/.test(said ?? "") ? Number(said) : PROTOCOL;
  if (version > PROTOCOL) throw tooOld();
  if (version < PROTOCOL) throw tooNew();
}

/** The pane comes from the service, so opening it again brings the version that fits. */
const tooOld = () =>
  new Refusal({
    code: "add-in-too-old",
    title: "The task pane is older than the service",
    detail: "The service was updated while this task pane was open.",
    remedy: "Close the task pane and open it again.",
  });

const tooNew = () =>
  new Refusal({
    code: "add-in-too-new",
    title: "The service is older than the task pane",
    detail: "The service that answers is older than this task pane.",
    remedy: "Close the task pane and open it again. If that does not help, ask the person who looks after Clinic Ledger.",
  });
