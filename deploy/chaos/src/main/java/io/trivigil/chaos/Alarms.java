package io.trivigil.chaos;

import io.trivigil.lab.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Things that go wrong and come right again, each by a series of its own. One that is raised stays
/// so until every receiver was told, so that its notification is due without a doubt; the same for
/// its end. Thread-safe: its monitor guards everything.
final class Alarms {
  static final List<String> RECEIVERS = List.of("steady", "shaky", "mail");
  private static final int MOST_OPEN = 20;
  private static final long RAISE_EVERY_MS = 2_500;
  private static final long SHOWN_AFTER_MS = 30_000;

  /// One thing that went wrong.
  static final class Alarm {
    final String id;
    final long raisedMs;
    private final long restMs; // how long it stays after everybody was told
    private long toldMs; // when the last receiver was told; 0 before
    private long loweredMs; // 0 before
    private long endToldMs; // 0 before
    private final List<Delivery> deliveries = new ArrayList<>();

    Alarm(String id, long raisedMs, long restMs) {
      this.id = id;
      this.raisedMs = raisedMs;
      this.restMs = restMs;
    }

    void add(Delivery delivery) {
      deliveries.add(delivery);
    }

    void lower(long atMs) {
      loweredMs = atMs;
    }

    long loweredMs() {
      return loweredMs;
    }

    private boolean told(boolean firing) {
      return RECEIVERS.stream()
          .allMatch(
              receiver ->
                  deliveries.stream()
                      .anyMatch(
                          d -> d.firing() == firing && d.taken() && d.receiver().equals(receiver)));
    }

    /// What one receiver was sent of its beginning or its end, in order.
    List<Delivery> deliveries(String receiver, boolean firing) {
      return deliveries.stream()
          .filter(d -> d.receiver().equals(receiver) && d.firing() == firing)
          .toList();
    }
  }

  private final Map<String, Alarm> all = new LinkedHashMap<>();
  private final RandomGenerator random;
  private final Journal journal;
  private boolean raising;
  private volatile boolean stopped;

  Alarms(RandomGenerator random, Journal journal) {
    this.random = random;
    this.journal = journal;
  }

  void start() {
    synchronized (this) {
      raising = true;
    }
    Thread.ofVirtual().name("alarms").start(this::run);
  }

  private void run() {
    long nextMs = Wait.nowMs();
    while (!stopped) {
      long nowMs = Wait.nowMs();
      synchronized (this) {
        long open = all.values().stream().filter(a -> a.endToldMs == 0).count();
        if (raising && nowMs >= nextMs && open < MOST_OPEN) {
          nextMs = nowMs + random.nextLong(RAISE_EVERY_MS / 2, RAISE_EVERY_MS * 3 / 2);
          String id = "a" + (all.size() + 1);
          all.put(id, new Alarm(id, nowMs, random.nextLong(2_000, 12_000)));
        }
        for (Alarm alarm : all.values()) {
          if (alarm.toldMs > 0 && alarm.loweredMs == 0 && nowMs - alarm.toldMs > alarm.restMs) {
            alarm.lower(nowMs);
          }
        }
      }
      Wait.pause(100);
    }
  }

  /// What the target shows at this moment.
  synchronized String exposition() {
    StringBuilder text = new StringBuilder("# TYPE chaos_alarm gauge\n");
    long nowMs = Wait.nowMs();
    for (Alarm alarm : all.values()) {
      if (alarm.endToldMs == 0 || nowMs - alarm.endToldMs < SHOWN_AFTER_MS) {
        text.append("chaos_alarm{id=\"").append(alarm.id).append("\"} ");
        text.append(alarm.loweredMs == 0 ? 1 : 0).append('\n');
      }
    }
    return text.toString();
  }

  synchronized void delivered(Delivery delivery) {
    Alarm alarm = all.get(delivery.id());
    if (alarm == null) {
      journal.wrong(delivery.atMs(), "a notification of an alarm that never was: " + delivery);
      return;
    }
    alarm.add(delivery);
    if (alarm.toldMs == 0 && alarm.told(true)) {
      alarm.toldMs = delivery.atMs();
    }
    if (alarm.endToldMs == 0 && alarm.told(false)) {
      alarm.endToldMs = delivery.atMs();
    }
  }

  /// Raises no more, and waits until all that is due was told.
  void finish(Duration limit) {
    synchronized (this) {
      raising = false;
    }
    Wait.until(limit, () -> list().stream().allMatch(this::over));
    stopped = true;
  }

  private synchronized boolean over(Alarm alarm) {
    return alarm.endToldMs > 0;
  }

  synchronized List<Alarm> list() {
    return List.copyOf(all.values());
  }
}
