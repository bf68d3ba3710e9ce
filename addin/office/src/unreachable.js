/** The refusals if the service does not answer, or if something else does. */

import { Refusal } from "./refusals.js";

export const NOT_RUNNING = "service-not-running";

const THIS_COMPUTER = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Return whether the service is one of this computer, which the person can start. */
export const isOfThisComputer = () => THIS_COMPUTER.has(globalThis.location.hostname);

export const notRunning = () =>
  new Refusal(
    {
      code: NOT_RUNNING,
      title: "Clinic Ledger is not running",
      detail: "The Clinic Ledger service does not answer.",
      remedy: isOfThisComputer()
        ? "Start it (clinicledger service start), then press Try again: nothing will be recorded twice."
        : "Press Try again in a minute: nothing will be recorded twice. If that does not help, ask the person who looks after Clinic Ledger.",
    },
    { again: true, connection: true },
  );

/** @param {number} seconds */
export const tooSlow = (seconds) =>
  new Refusal(
    {
      code: "service-too-slow",
      title: "Clinic Ledger did not answer in time",
      detail: `The service did not answer within ${seconds} seconds.`,
      remedy: "Wait a minute and press Try again: nothing will be recorded twice.",
    },
    { again: true },
  );

export const notOurs = () =>
  new Refusal(
    {
      code: "not-our-service",
      title: "Another program answers",
      detail: "The program that answers at this address is not Clinic Ledger.",
      remedy: "Ask the person who looks after Clinic Ledger to start the service at the address the add-in was installed for.",
    },
    { connection: true },
  );
