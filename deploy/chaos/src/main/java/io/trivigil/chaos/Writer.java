package io.trivigil.chaos;

import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A remote writer: sends batch after batch to any node, each until it is taken, and keeps an
/// account of what was acknowledged. Batch k has the value k in each series. One thread writes; the
/// account may be read by any (its monitor guards it).
final class Writer implements Runnable {
  private static final int BATCHES_PER_SECOND = 5;

  private final String name;
  private final int series;
  private final List<Member> members;
  private final RandomGenerator random;
  private final Journal journal;
  private long[] timesMs = new long[1024]; // of batch k
  private boolean[] taken = new boolean[1024];
  private int batches;
  private long acknowledged;
  private long refused;
  private long retries;
  private volatile boolean stopped;
  private volatile boolean done;

  Writer(String name, int series, List<Member> members, RandomGenerator random, Journal journal) {
    this.name = name;
    this.series = series;
    this.members = members;
    this.random = random;
    this.journal = journal;
  }

  String name() {
    return name;
  }

  int series() {
    return series;
  }

  @Override
  public void run() {
    long lastMs = 0;
    long nextMs = Wait.nowMs();
    while (!stopped) {
      long atMs = Math.max(lastMs + 1, Wait.nowMs());
      lastMs = atMs;
      int k = begin(atMs);
      byte[] body = body(k, atMs);
      send(k, body);
      nextMs += 1000 / BATCHES_PER_SECOND;
      long waitMs = nextMs - Wait.nowMs();
      if (waitMs > 0) {
        Wait.pause(waitMs);
      } else {
        nextMs = Math.max(nextMs, Wait.nowMs() - 5_000); // catch up, but not for ever
      }
    }
    done = true;
  }

  private void send(int k, byte[] body) {
    while (!stopped) {
      Member member = members.get(random.nextInt(members.size()));
      try {
        Http.Answer answer = WriteRequest.post(member.url(), body, Duration.ofSeconds(5));
        if (answer.status() == 204) {
          acknowledge(k);
          return;
        }
        if (answer.status() / 100 != 5) {
          refuse(member, k, answer);
          return;
        }
      } catch (IOException dead) {
        // Whether it was taken is unknown: the same bytes are sent again.
      }
      synchronized (this) {
        retries++;
      }
      Wait.pause(50);
    }
  }

  private synchronized int begin(long atMs) {
    if (batches == timesMs.length) {
      timesMs = Arrays.copyOf(timesMs, batches * 2);
      taken = Arrays.copyOf(taken, batches * 2);
    }
    timesMs[batches] = atMs;
    return batches++;
  }

  private synchronized void acknowledge(int k) {
    taken[k] = true;
    acknowledged += series;
  }

  private synchronized void refuse(Member member, int k, Http.Answer answer) {
    refused++;
    journal.wrong(
        Wait.nowMs(),
        "%s refused batch %d of %s: %d %s"
            .formatted(member.id(), k, name, answer.status(), answer.body().strip()));
  }

  private byte[] body(int k, long atMs) {
    WriteRequest request = new WriteRequest();
    for (int s = 0; s < series; s++) {
      request.add(
          Map.of("__name__", "chaos_written", "writer", name, "s", Integer.toString(s)), atMs, k);
    }
    return request.bytes();
  }

  /// Ends the sending; the batch under way may or may not have been taken.
  void stop() {
    stopped = true;
    Wait.until(Duration.ofSeconds(6), () -> done);
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized long refused() {
    return refused;
  }

  synchronized long retries() {
    return retries;
  }

  /// What was sent in a span of time.
  ///
  /// @param timesMs the timestamps, rising
  /// @param values the value of each
  /// @param taken whether each was acknowledged
  record Sent(long[] timesMs, long[] values, boolean[] taken) {}

  /// What was sent with timestamps from `fromMs` (exclusive) to `toMs` (inclusive).
  synchronized Sent sent(long fromMs, long toMs) {
    int from = Arrays.binarySearch(timesMs, 0, batches, fromMs + 1);
    int to = Arrays.binarySearch(timesMs, 0, batches, toMs + 1);
    int first = from < 0 ? -from - 1 : from;
    int end = to < 0 ? -to - 1 : to;
    long[] values = new long[end - first];
    Arrays.setAll(values, i -> first + i);
    return new Sent(
        Arrays.copyOfRange(timesMs, first, end), values, Arrays.copyOfRange(taken, first, end));
  }
}
