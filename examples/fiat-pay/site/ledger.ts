/** One payment as both sides see it. */
export interface Payment {
  /** Unique and never reused, e.g. `FP-2026-000001`. */
  readonly id: string;
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly cents: number;
  readonly message: string;
}

/** The payments of the site, in memory, newest last. */
export interface Ledger {
  /** Books a payment and returns it. */
  pay(payment: Omit<Payment, "id" | "atMs">): Payment;
  /** Every payment this account made or received, newest first. */
  paymentsOf(account: string): readonly Payment[];
}

/** Opens an empty ledger. `nowMs` is the clock. */
export function createLedger(nowMs: () => number): Ledger {
  const payments: Payment[] = [];
  return {
    pay(payment) {
      const atMs = nowMs();
      const year = String(new Date(atMs).getUTCFullYear());
      const id = `FP-${year}-${String(payments.length + 1).padStart(6, "0")}`;
      const booked = { ...payment, id, atMs };
      payments.push(booked);
      return booked;
    },
    paymentsOf: (account) => payments.filter(({ from, to }) => from === account || to === account).reverse(),
  };
}
