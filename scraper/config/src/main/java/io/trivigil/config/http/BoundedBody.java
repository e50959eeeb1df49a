package io.trivigil.config.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Collects a body up to a limit; a longer one ends the exchange. Called by one thread at a time.
final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
  /// The body was larger than the call allows.
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(long limitBytes) {
      super("body size limit exceeded: limit_bytes=" + limitBytes);
    }
  }

  private final long limitBytes;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  BoundedBody(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (collected.size() + (long) buffer.remaining() > limitBytes) {
        Objects.requireNonNull(subscription).cancel();
        body.completeExceptionally(new TooLargeException(limitBytes));
        return;
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      collected.writeBytes(bytes);
    }
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    body.complete(collected.toByteArray());
  }

  /// The body after `Content-Encoding`, held to the same limit.
  static byte[] decoded(byte[] body, String encoding, long limitBytes) throws IOException {
    if (!encoding.toLowerCase(Locale.ROOT).equals("gzip") || body.length == 0) {
      return body;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body), 8192)) {
      int most = (int) Math.min(Integer.MAX_VALUE - 16, limitBytes);
      byte[] decoded = in.readNBytes(most);
      if (decoded.length == most && in.read() >= 0) {
        throw new TooLargeException(limitBytes);
      }
      return decoded;
    }
  }
}
