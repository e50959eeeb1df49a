package io.trivigil.raft.sim;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Runs events in the order of their simulated time; at equal times, in the order in which they
/// were made.
final class Scheduler {
  private record Event(long atMs, long order, Runnable work) {}

  private final SimulatedClock clock;
  private final SplittableRandom random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::atMs).thenComparingLong(Event::order));
  private long made;

  Scheduler(SimulatedClock clock, long seed) {
    this.clock = clock;
    this.random = new SplittableRandom(seed);
  }

  void after(long delayMs, Runnable work) {
    events.add(new Event(clock.millis() + Math.max(0, delayMs), made++, work));
  }

  void after(Duration delay, Runnable work) {
    after(delay.toMillis(), work);
  }

  /// Runs the next event; false when there is none.
  boolean step() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    clock.moveTo(next.atMs());
    next.work().run();
    return true;
  }

  /// Whether an event is due at `untilMs` or before.
  boolean hasUntil(long untilMs) {
    Event next = events.peek();
    return next != null && next.atMs() <= untilMs;
  }

  /// A number from `fromMs` to `toMs`, both inclusive.
  long between(long fromMs, long toMs) {
    return fromMs + random.nextLong(toMs - fromMs + 1);
  }

  boolean chance(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
