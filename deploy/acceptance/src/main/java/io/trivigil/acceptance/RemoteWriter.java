package io.trivigil.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.xerial.snappy.Snappy;

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
        byte[] body = Snappy.compress(request(k));
        Http.Answer answer =
            Http.post(
                urls.get(k % urls.size()) + "/api/v1/write",
                body,
                Duration.ofSeconds(5),
                "Content-Type",
                "application/x-protobuf",
                "Content-Encoding",
                "snappy",
                "X-Prometheus-Remote-Write-Version",
                "0.1.0");
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < SERIES_PER_REQUEST; i++) {
      ByteArrayOutputStream series = new ByteArrayOutputStream();
      message(series, 1, label("__name__", name));
      message(series, 1, label("i", Integer.toString(i)));
      ByteArrayOutputStream sample = new ByteArrayOutputStream();
      sample.write(0x09);
      long bits = Double.doubleToRawLongBits(k);
      for (int shift = 0; shift < 64; shift += 8) {
        sample.write((int) (bits >>> shift));
      }
      sample.write(0x10);
      varint(sample, timestampMs(k));
      message(series, 2, sample.toByteArray());
      message(out, 1, series.toByteArray());
    }
    return out.toByteArray();
  }

  private static byte[] label(String name, String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message(out, 1, name.getBytes(StandardCharsets.UTF_8));
    message(out, 2, value.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] bytes) {
    out.write(field << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
