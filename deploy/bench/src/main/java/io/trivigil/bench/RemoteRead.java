package io.trivigil.bench;

import io.trivigil.model.Labels;
import io.trivigil.promql.script.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.xerial.snappy.Snappy;

/// Fetches every sample of a Prometheus by its remote read, stale markers included, which no query
/// shows. Spec: `prompb/remote.proto`, of which this reads series of floats.
final class RemoteRead {
  private static final int REGEX = 2;

  private RemoteRead() {}

  /// All samples up to a moment, epoch milliseconds.
  static MemoryStorage all(String url, long toMs) throws IOException, InterruptedException {
    ByteArrayOutputStream matcher = new ByteArrayOutputStream();
    number(matcher, 1, REGEX);
    bytes(matcher, 2, Labels.NAME.getBytes(StandardCharsets.UTF_8));
    bytes(matcher, 3, ".+".getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream query = new ByteArrayOutputStream();
    number(query, 1, 0);
    number(query, 2, toMs);
    bytes(query, 3, matcher.toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    bytes(request, 1, query.toByteArray());
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/api/v1/read"))
                    .header("Content-Type", "application/x-protobuf")
                    .header("Content-Encoding", "snappy")
                    .header("X-Prometheus-Remote-Read-Version", "0.1.0")
                    .POST(
                        HttpRequest.BodyPublishers.ofByteArray(
                            Snappy.compress(request.toByteArray())))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(
          "remote read of %s failed: status=%d".formatted(url, answer.statusCode()));
    }
    MemoryStorage samples = new MemoryStorage();
    response(ByteBuffer.wrap(Snappy.uncompress(answer.body())), samples);
    return samples;
  }

  private static void number(ByteArrayOutputStream out, int field, long value) {
    varint(out, (long) field << 3);
    varint(out, value);
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, ((long) field << 3) | 2);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /// A response of results of series: each the first field of the one around it.
  static void response(ByteBuffer in, MemoryStorage to) {
    while (in.hasRemaining()) {
      ByteBuffer result = message(in);
      while (result.hasRemaining()) {
        series(message(result), to);
      }
    }
  }

  private static void series(ByteBuffer in, MemoryStorage to) {
    Labels.Builder labels = Labels.EMPTY.toBuilder();
    while (in.hasRemaining()) {
      int field = (int) varint(in) >>> 3;
      ByteBuffer part = cut(in);
      switch (field) {
        case 1 -> {
          String name = text(message(part));
          labels.set(name, text(message(part)));
        }
        case 2 -> sample(part, labels.build(), to);
        default ->
            throw new IllegalArgumentException("series of another kind than floats: " + field);
      }
    }
  }

  private static void sample(ByteBuffer in, Labels labels, MemoryStorage to) {
    double value = 0;
    long timeMs = 0;
    while (in.hasRemaining()) {
      if (varint(in) >>> 3 == 1) {
        value = in.getDouble();
      } else {
        timeMs = varint(in);
      }
    }
    to.add(labels, timeMs, value);
  }

  /// A field with its tag.
  private static ByteBuffer message(ByteBuffer in) {
    varint(in);
    return cut(in);
  }

  private static ByteBuffer cut(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
