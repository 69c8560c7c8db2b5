import type { Simulator } from './simulator.ts';

/** A text that a simulated vendor accepted. */
export interface AcceptedSms {
  /** The sender's own id, which comes back in receipts. */
  readonly id: string;
  readonly to: string;
  /** The text, or the template's code with the values of its variables. */
  readonly content: string;
  readonly acceptedAt: Date;
}

export interface SmsSimulator extends Simulator {
  /** The latest 1,000, oldest first. */
  accepted(): readonly AcceptedSms[];
}

const maxRemembered = 1000;

/** The list behind `accepted`. */
export function rememberAccepted(): { add: (sms: AcceptedSms) => void; list: () => readonly AcceptedSms[] } {
  const accepted: AcceptedSms[] = [];
  return {
    add: (sms) => {
      accepted.push(sms);
      if (accepted.length > maxRemembered) accepted.shift();
    },
    list: () => accepted,
  };
}
