import type { Host } from './host.ts';

/** Thrown by a pass that a newer edit made pointless; caught once per adapter, never for control flow. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export interface CancellationToken {
  readonly isCancellationRequested: boolean;
}

export const NEVER_CANCELLED: CancellationToken = { isCancellationRequested: false };

/** Cooperative scheduling budget of one pass: yields when about `sliceMs` have passed, then checks the token. */
export class Budget {
  private sliceStart: number;

  constructor(host: Host, token: CancellationToken, sliceMs = 8) {
    this.host = host;
    this.token = token;
    this.sliceMs = sliceMs;
    this.sliceStart = host.now();
  }

  private readonly host: Host;
  private readonly token: CancellationToken;
  private readonly sliceMs: number;

  async breathe(): Promise<void> {
    if (this.token.isCancellationRequested) throw new Cancelled();
    if (this.host.now() - this.sliceStart < this.sliceMs) return;
    await this.host.yield();
    if (this.token.isCancellationRequested) throw new Cancelled();
    this.sliceStart = this.host.now();
  }
}
