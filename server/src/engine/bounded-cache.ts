/** A map that forgets what was used least recently once the sizes of its entries add up to more than a limit. */
export class BoundedCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly size: number }>();
  private readonly limit: number;
  private total = 0;

  /** `limit` has the unit of the sizes given to `set`. */
  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, size: number): void {
    this.delete(key);
    this.entries.set(key, { value, size });
    this.total += size;
    for (const [oldest, entry] of this.entries) {
      if (this.total <= this.limit || this.entries.size === 1) break;
      this.entries.delete(oldest);
      this.total -= entry.size;
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.total -= entry.size;
  }
}
