package io.trivigil.acceptance;

import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import io.trivigil.lab.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes counting samples as fast as they are taken and keeps an account of what was acknowledged:
/// sample `k` of a series has the value `k`, so what is lost or doubled can be named. One thread
/// writes.
final class RemoteWriter implements Runnable {
  private static final int SERIES_PER_REQUEST = 200;

  private final List<String> urls;
  private final String name;
  private final long startMs;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger failed = new AtomicInteger();

  /// Request number by what it was answered: only 204 counts.
  private final Map<Integer, Boolean> acknowledged = new ConcurrentHashMap<>();

  RemoteWriter(List<String> urls, String name, long startMs) {
    this.urls = List.copyOf(urls);
    this.name = name;
    this.startMs = startMs;
  }

  @Override
  public void run() {
    for (int k = 0; !stopped.get(); k++) {
      try {
        byte[] body = request(k);
        Http.Answer answer =
            WriteRequest.post(urls.get(k % urls.size()), body, Duration.ofSeconds(5));
        if (answer.status() == 204) {
          acknowledged.put(k, true);
        } else {
          failed.incrementAndGet();
        }
      } catch (IOException dead) {
        failed.incrementAndGet();
        Wait.pause(20);
      }
    }
  }

  void stop() {
    stopped.set(true);
  }

  int failed() {
    return failed.get();
  }

  Map<Integer, Boolean> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  long timestampMs(int k) {
    return startMs + k * 10L;
  }

  int samplesPerRequest() {
    return SERIES_PER_REQUEST;
  }

  private byte[] request(int k) {
    WriteRequest request = new WriteRequest();
    for (int i = 0; i < SERIES_PER_REQUEST; i++) {
      request.add(Map.of("__name__", name, "i", Integer.toString(i)), timestampMs(k), k);
    }
    return request.bytes();
  }
}
