package io.trivigil.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.AtHand;
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
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers [PlainRequests]: asks the [Gateway] and writes what it says, short answers whole, long
/// ones piece by piece as their client takes them, and compressed where the client allows it. Of
/// one server; thread-safe.
final class PlainAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(PlainAnswers.class);
  private static final String BROKEN = "internal error, see the server's log\n";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Gateway gateway;
  private final Executor threads;
  private final InstantSource clock;
  private volatile Dated dated = new Dated(-1, ""); // of the last response

  private record Dated(long second, String text) {}

  /// @param threads where questions are answered; writes are on virtual ones
  PlainAnswers(Gateway gateway, Executor threads, InstantSource clock) {
    this.gateway = gateway;
    this.threads = threads;
    this.clock = clock;
  }

  /// Answers a question now, on its connection's event loop, if all that takes is at hand. Returns
  /// what sends the answer; empty if nothing has come of it, so that it is to be begun.
  Optional<Supplier<ChannelFuture>> atHand(
      ChannelHandlerContext context, HttpRequest http, byte[] body) {
    if (!isQuestion(http) || http.uri().length() + body.length > AtHand.MOST_REQUEST_BYTES) {
      return Optional.empty();
    }
    Held held = new Held();
    try {
      Request request = request(context, http, body);
      Optional<Supplier<ChannelFuture>> all =
          AtHand.during(() -> held.during(() -> written(context, http, gateway.answer(request))));
      return all.map(send -> () -> send.get().addListener(_ -> held.close()));
    } catch (NotAtHandException _) {
      held.close();
      return Optional.empty();
    } catch (InterruptedException e) {
      held.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("nobody interrupts an event loop", e);
    } catch (Throwable e) {
      held.close();
      var _ = context.close();
      throw e;
    }
  }

  private static boolean isQuestion(HttpRequest http) {
    return http.method().equals(HttpMethod.GET) || PlainRequests.isForm(http);
  }

  /// Answers a request on another thread.
  ///
  /// @param body not to be changed any more
  /// @param finish is called once on the connection's event loop, unless the connection was closed,
  ///   with what sends the end of the answer, which may be all of it
  void begin(
      ChannelHandlerContext context,
      HttpRequest http,
      byte[] body,
      Consumer<Supplier<ChannelFuture>> finish) {
    Runnable work = () -> answer(context, http, body, finish);
    if (isQuestion(http)) {
      threads.execute(work);
    } else {
      QuestionThreads.onVirtual(work);
    }
  }

  private void answer(
      ChannelHandlerContext context,
      HttpRequest http,
      byte[] body,
      Consumer<Supplier<ChannelFuture>> finish) {
    Held held = new Held();
    Departure departure = new Departure();
    ChannelFutureListener left = _ -> departure.happened();
    var _ = context.channel().closeFuture().addListener(left);
    try {
      Request request = request(context, http, body);
      Optional<Supplier<ChannelFuture>> end =
          departure.during(
              () -> held.during(() -> written(context, http, gateway.answer(request))));
      if (end.isEmpty()) { // its client must not take what it has for the whole answer
        gateway.cutOff();
        held.close();
        var _ = context.close();
        return;
      }
      context
          .executor()
          .execute(() -> finish.accept(() -> end.get().get().addListener(_ -> held.close())));
    } catch (InterruptedException _) {
      held.close();
      Thread.currentThread().interrupt();
      var _ = context.close();
    } catch (Throwable e) { // nobody would answer; or the server has closed
      held.close();
      var _ = context.close();
      throw e;
    } finally {
      var _ = context.channel().closeFuture().removeListener(left);
    }
  }

  private static Request request(ChannelHandlerContext context, HttpRequest http, byte[] body) {
    int mark = http.uri().indexOf('?');
    String path = mark < 0 ? http.uri() : http.uri().substring(0, mark);
    String query = mark < 0 ? "" : http.uri().substring(mark + 1);
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, String> header : http.headers()) {
      if (!header.getKey().startsWith(":")) {
        headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
      }
    }
    headers.put(Author.PEER, GateController.host(context.channel().remoteAddress()));
    String form = PlainRequests.isForm(http) ? new String(body, StandardCharsets.UTF_8) : "";
    return new Request(
        http.method().name(),
        GateController.path(path),
        query,
        Params.parse(query, form),
        headers,
        body,
        Map.of());
  }

  /// Writes an answer but for its end. Returns what sends that; empty if it was cut off after its
  /// begin had been sent.
  private Optional<Supplier<ChannelFuture>> written(
      ChannelHandlerContext context, HttpRequest http, Answer answer) {
    HttpResponse head = head(http, answer);
    PushedBody body =
        new PushedBody(
            context, head, gateway.limits().answerWindowBytes(), gateway.limits().maxAnswerStall());
    try (Departure.Watch _ = Departure.watch(body::abandon)) {
      if (isCompressed(http, answer)) {
        writeCompressed(answer, head, body);
      } else {
        answer.body().writeTo(body);
      }
      return Optional.of(body.end().map(whole -> sending(context, head, whole)).orElse(body::last));
    } catch (IOException | UncheckedIOException e) {
      return failed(context, http, body, 503, String.valueOf(e.getMessage()));
    } catch (NotAtHandException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      LOG.error("answer failed", e);
      return failed(context, http, body, 500, BROKEN);
    }
  }

  private static boolean isCompressed(HttpRequest http, Answer answer) {
    String accepted = http.headers().get(HttpHeaderNames.ACCEPT_ENCODING);
    return accepted != null
        && (answer.contentType().startsWith(Answer.JSON)
            || answer.contentType().startsWith("text/"))
        && !answer.headers().containsKey("Content-Encoding")
        && Gzipped.isTakenBy(accepted);
  }

  private static void writeCompressed(Answer answer, HttpResponse head, PushedBody body)
      throws IOException {
    Runnable begins =
        () -> head.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    try (Gzipped gzip = new Gzipped(body, begins)) {
      answer.body().writeTo(gzip);
      gzip.end();
    }
  }

  private Optional<Supplier<ChannelFuture>> failed(
      ChannelHandlerContext context, HttpRequest http, PushedBody body, int status, String why) {
    if (body.isBegun()) {
      return Optional.empty();
    }
    ByteBuf text = Unpooled.copiedBuffer(why, StandardCharsets.UTF_8);
    HttpResponse head = head(http, Answer.text(status, "text/plain", ""));
    return Optional.of(sending(context, head, text));
  }

  private HttpResponse head(HttpRequest http, Answer answer) {
    HttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    if (!answer.contentType().isEmpty()) {
      head.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    head.headers().set(HttpHeaderNames.DATE, date());
    answer.headers().forEach(head.headers()::set);
    HttpUtil.setKeepAlive(head, HttpUtil.isKeepAlive(http));
    return head;
  }

  private static Supplier<ChannelFuture> sending(
      ChannelHandlerContext context, HttpResponse head, ByteBuf whole) {
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, head.status(), whole, head.headers(), EmptyHttpHeaders.INSTANCE);
    if (head.status().code() != HttpResponseStatus.NO_CONTENT.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, whole.readableBytes());
    }
    return () -> context.writeAndFlush(response);
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
}
