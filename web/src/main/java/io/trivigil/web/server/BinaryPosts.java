package io.trivigil.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Held;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers the plain posts of protobuf, which is remote write, without Micronaut, whose share of
/// one was as large as the reading of its 2,000 samples. Same [Gateway], same limits, same errors;
/// whatever is not plain (chunks, `Expect`, a query string, an upgrade, too long a body) goes on to
/// Micronaut, as does a post while Micronaut has an answer to give on this connection, so that
/// answers keep their order. Answers are short: one that does not fit into the window of answers
/// becomes a 503, so a route of protobuf with a long answer is not for here.
///
/// One for each connection; all but the answering itself happens on its event loop. Micronaut reads
/// on demand: it asks for one read and waits for its end. So while a post is collected this asks
/// for reads itself and keeps their end to itself; while it is answered, until something comes.
final class BinaryPosts extends ChannelDuplexHandler {
  /// What a body gets before its bytes have come, bytes: who promises much does not have it yet.
  private static final int FIRST_BYTES = 256 << 10;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Gateway gateway;
  private final InstantSource clock;
  private final Deque<Object> held = new ArrayDeque<>(); // came while a post was answered
  private int elsewhere; // requests that Micronaut has not answered yet
  private boolean interim; // its message that is being written is a 1xx
  private @Nullable HttpRequest collected; // the head of the post that is being read or answered
  private byte[] body = new byte[0];
  private int size; // of the body so far
  private boolean answering;
  private volatile Dated dated = new Dated(-1, ""); // of the last response

  private record Dated(long second, String text) {}

  BinaryPosts(Gateway gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (answering) {
      held.add(message);
    } else if (collected != null && message instanceof HttpContent content) {
      collect(context, collected, content);
    } else if (message instanceof HttpRequest request) {
      if (elsewhere == 0 && isPlain(request)) {
        collected = request;
        body = new byte[Math.min(length(request), FIRST_BYTES)];
        size = 0;
      } else {
        elsewhere++;
        context.fireChannelRead(message);
      }
    } else {
      context.fireChannelRead(message);
    }
  }

  private boolean isPlain(HttpRequest request) {
    int length = length(request);
    return request.decoderResult().isSuccess()
        && request.method().equals(HttpMethod.POST)
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && "application/x-protobuf".equals(request.headers().get(HttpHeaderNames.CONTENT_TYPE))
        && length > 0
        && length <= gateway.limits().maxBodyBytes()
        && !request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        && !request.headers().contains(HttpHeaderNames.CONTENT_ENCODING) // see RequestTidier
        && !request.headers().contains(HttpHeaderNames.EXPECT)
        && !request.headers().contains(HttpHeaderNames.UPGRADE)
        && request.uri().startsWith("/")
        && request.uri().chars().noneMatch(c -> c == '?' || c == '%' || c == '#');
  }

  /// What the request says its body is long; -1 if it does not, or not soundly.
  private static int length(HttpRequest request) {
    try {
      return Integer.parseInt(request.headers().get(HttpHeaderNames.CONTENT_LENGTH, "-1"));
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private void collect(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
    try {
      ByteBuf bytes = content.content();
      int more = bytes.readableBytes();
      if (size + more > body.length) {
        body = Arrays.copyOf(body, Math.min(length(request), Math.max(size + more, 2 * size)));
      }
      bytes.readBytes(body, size, more);
      size += more;
    } finally {
      content.release();
    }
    if (content instanceof LastHttpContent last) {
      if (last.decoderResult().isFailure() || size != length(request)) {
        var _ = context.close();
        return;
      }
      answering = true;
      byte[] whole = body;
      body = new byte[0];
      Thread.ofVirtual().name("post").start(() -> answer(context, request, whole));
    }
  }

  private void answer(ChannelHandlerContext context, HttpRequest http, byte[] whole) {
    String path = http.uri();
    Map<String, String> headers =
        GateController.headers(http.headers().names(), http.headers()::get);
    headers.put(Author.PEER, GateController.host(context.channel().remoteAddress()));
    Request request = new Request("POST", path, "", Params.NONE, headers, whole, Map.of());
    Held until = new Held();
    try {
      FullHttpResponse response = answer(context, request, until);
      boolean keepAlive = HttpUtil.isKeepAlive(http);
      context.executor().execute(() -> finish(context, keepAlive, response, until));
    } catch (Throwable e) { // nobody would answer; or the server has closed
      until.close();
      var _ = context.close();
      throw e;
    }
  }

  private FullHttpResponse answer(ChannelHandlerContext context, Request request, Held until) {
    Departure departure = new Departure();
    ChannelFutureListener left = _ -> departure.happened();
    var _ = context.channel().closeFuture().addListener(left);
    try {
      return departure.during(() -> until.during(() -> response(gateway.answer(request))));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return plain(HttpResponseStatus.SERVICE_UNAVAILABLE, new byte[0]);
    } finally {
      var _ = context.channel().closeFuture().removeListener(left);
    }
  }

  private FullHttpResponse response(Answer answer) {
    BoundedBytes bytes = new BoundedBytes(gateway.limits().answerWindowBytes());
    try {
      answer.body().writeTo(bytes);
    } catch (IOException | UncheckedIOException e) {
      return plain(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
    FullHttpResponse response =
        plain(HttpResponseStatus.valueOf(answer.status()), bytes.toByteArray());
    answer.headers().forEach(response.headers()::set);
    if (answer.contentType().isEmpty()) {
      response.headers().remove(HttpHeaderNames.CONTENT_TYPE);
    } else {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    return response;
  }

  private FullHttpResponse plain(HttpResponseStatus status, byte[] text) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(text));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
    response.headers().set(HttpHeaderNames.DATE, date());
    if (status.code() != HttpResponseStatus.NO_CONTENT.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, text.length);
    }
    return response;
  }

  /// The date of now; formatted once a second, for it cost as much as all else of a response.
  private String date() {
    Instant now = clock.instant();
    Dated last = dated;
    if (last.second() != now.getEpochSecond()) {
      last = new Dated(now.getEpochSecond(), DATE.format(now));
      dated = last;
    }
    return last.text();
  }

  private void finish(
      ChannelHandlerContext context, boolean keepAlive, FullHttpResponse response, Held until) {
    HttpUtil.setKeepAlive(response, keepAlive);
    ChannelFuture written = context.writeAndFlush(response).addListener(_ -> until.close());
    if (!keepAlive) {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    collected = null;
    answering = false;
    while (!answering && !held.isEmpty()) {
      channelRead(context, held.remove());
    }
    channelReadComplete(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (collected == null) {
      context.fireChannelReadComplete(); // Micronaut asks for the next read
    } else if (!answering || held.isEmpty()) {
      context.read(); // while it is answered, too, to notice a client that goes away
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response) {
      interim = response.status().code() < HttpResponseStatus.OK.code();
    }
    if (message instanceof LastHttpContent && !interim) {
      elsewhere--;
    }
    var _ = context.write(message, promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
