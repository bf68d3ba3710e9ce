/** Where rows or columns lie on screen, in pixels from the first one. They count from 1. */

export class Tracks {
  /** @param {number} count @param {(at: number) => number} sizeOf pixels, 0 for hidden ones */
  constructor(count, sizeOf) {
    this.count = count;
    this.ends = new Float64Array(count + 1);
    for (let at = 1; at <= count; at += 1) this.ends[at] = (this.ends[at - 1] ?? 0) + sizeOf(at);
  }

  get total() {
    return this.ends[this.count] ?? 0;
  }

  /** @param {number} at @returns {number} */
  start(at) {
    return this.ends[Math.min(Math.max(at - 1, 0), this.count)] ?? 0;
  }

  /** @param {number} at @returns {number} */
  end(at) {
    return this.ends[Math.min(at, this.count)] ?? 0;
  }

  /** @param {number} pixel @returns {number} the row or column that lies there */
  at(pixel) {
    let [low, high] = [1, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.end(middle) > pixel) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
