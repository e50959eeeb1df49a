package io.trivigil.bench;

import io.trivigil.lab.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Series that come and go as those of a cluster do whose pods are replaced: groups of
/// [#SERIES_PER_POD] series that begin and end together. One sample per series a round. Confined to
/// one thread.
final class Churn {
  static final int SERIES_PER_POD = 100;
  static final int METRICS = 10;

  /// Pods of one request: 2,000 samples.
  private static final int PODS_PER_REQUEST = 20;

  private static final int JOBS = 10;

  private final List<Pod> alive = new ArrayList<>();
  private final double replacedPerRound;
  private double owed;
  private int nextVictim;
  private int born;

  /// @param pods how many are alive at any time
  /// @param replacedPerRound how many end and are followed by new ones before each round, on
  ///   average
  Churn(int pods, double replacedPerRound) {
    this.replacedPerRound = replacedPerRound;
    for (int i = 0; i < pods; i++) {
      alive.add(bear());
    }
  }

  private record Pod(int number, List<byte[]> series) {}

  private Pod bear() {
    int number = born++;
    List<byte[]> series = new ArrayList<>(SERIES_PER_POD);
    for (int i = 0; i < SERIES_PER_POD; i++) {
      series.add(
          WriteRequest.encoded(
              Map.of(
                  "__name__",
                  "soak_metric_%02d_total".formatted(i % 10),
                  "job",
                  "job-" + number % JOBS,
                  "pod",
                  name(number),
                  "container",
                  "c" + i / METRICS)));
    }
    return new Pod(number, series);
  }

  static String metric(int number) {
    return "soak_metric_%02d_total".formatted(number);
  }

  private static String name(int number) {
    return "deployment-%07x".formatted(number * 2_654_435_761L & 0xFFF_FFFFL);
  }

  /// The name of a pod that has lived for half of its time.
  String middling() {
    return name(alive.get((nextVictim + alive.size() / 2) % alive.size()).number);
  }

  /// How many series there have been.
  long seriesBorn() {
    return (long) born * SERIES_PER_POD;
  }

  int seriesAlive() {
    return alive.size() * SERIES_PER_POD;
  }

  /// The requests of the next round, in which every series alive has a sample at that time.
  List<byte[]> round(long timestampMs) {
    for (owed += replacedPerRound; owed >= 1; owed--) {
      alive.set(nextVictim, bear());
      nextVictim = (nextVictim + 1) % alive.size();
    }
    List<byte[]> requests = new ArrayList<>();
    for (int from = 0; from < alive.size(); from += PODS_PER_REQUEST) {
      WriteRequest request = new WriteRequest();
      for (Pod pod : alive.subList(from, Math.min(alive.size(), from + PODS_PER_REQUEST))) {
        for (int i = 0; i < SERIES_PER_POD; i++) {
          request.add(pod.series.get(i), timestampMs, (double) (timestampMs / 1_000 * (i + 1)));
        }
      }
      requests.add(request.bytes());
    }
    return requests;
  }
}
