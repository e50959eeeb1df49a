package io.trivigil.web.server;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Options;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.body.CloseableAvailableByteBody;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Held;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes every request from Micronaut and hands it to the [Gateway]. One catch-all, since
/// Prometheus's rules for parameters, forms, errors and prefixes are not Micronaut's. Each request
/// has a virtual thread of its own until the last byte of its answer has been written.
@Controller
@Consumes("*/*")
@Produces("*/*")
final class GateController {
  private static final Logger LOG = LoggerFactory.getLogger(GateController.class);
  private static final byte[] NO_BODY = new byte[0];

  private final Gateway gateway;

  GateController(Gateway gateway) {
    this.gateway = gateway;
  }

  @Get(uris = {"/", "/{+path}"})
  CompletableFuture<HttpResponse<?>> get(HttpRequest<?> request) {
    return answer(request, _ -> NO_BODY);
  }

  @Options(uris = {"/", "/{+path}"})
  CompletableFuture<HttpResponse<?>> options(HttpRequest<?> request) {
    return answer(request, _ -> NO_BODY);
  }

  @Post(uris = {"/", "/{+path}"})
  CompletableFuture<HttpResponse<?>> post(HttpRequest<?> request) {
    return answer(request, GateController::body);
  }

  @Put(uris = {"/", "/{+path}"})
  CompletableFuture<HttpResponse<?>> put(HttpRequest<?> request) {
    return answer(request, GateController::body);
  }

  @Delete(uris = {"/", "/{+path}"})
  CompletableFuture<HttpResponse<?>> delete(HttpRequest<?> request) {
    return answer(request, _ -> NO_BODY);
  }

  /// The bytes as they came: Micronaut would decode forms and JSON by itself. Waits for them.
  private static byte[] body(HttpRequest<?> request) {
    if (!(request instanceof ServerHttpRequest<?> server)) {
      throw new IllegalStateException("not a server's request: " + request.getClass());
    }
    try (CloseableAvailableByteBody body = server.byteBody().buffer().join()) {
      return body.toByteArray();
    }
  }

  /// Comes when the whole answer is there, or as much of it as may wait in memory. The event loop
  /// only starts the thread.
  private CompletableFuture<HttpResponse<?>> answer(
      HttpRequest<?> http, Function<HttpRequest<?>, byte[]> body) {
    CompletableFuture<HttpResponse<?>> response = new CompletableFuture<>();
    var _ =
        Thread.ofVirtual()
            .name("request")
            .inheritInheritableThreadLocals(false)
            .start(
                () -> {
                  try {
                    work(http, body.apply(http), response);
                  } catch (InterruptedException _) {
                    response.complete(HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE));
                  } catch (Throwable e) {
                    response.completeExceptionally(e);
                  }
                });
    return response;
  }

  private void work(HttpRequest<?> http, byte[] body, CompletableFuture<HttpResponse<?>> response)
      throws InterruptedException {
    Request request = request(http, body);
    Departure departure = new Departure();
    try (Connection connection = Connection.watched(http, departure);
        Held held = new Held()) {
      departure.during(
          () ->
              held.during(
                  () -> {
                    if (!write(gateway.answer(request), response)) {
                      gateway.cutOff();
                      connection.cut();
                    }
                    return true;
                  }));
    }
  }

  private static Request request(HttpRequest<?> http, byte[] body) {
    Map<String, String> headers = headers(http.getHeaders().names(), http.getHeaders()::get);
    headers.put(Author.PEER, host(http.getRemoteAddress()));
    String raw = http.getUri().getRawQuery();
    String query = raw == null ? "" : raw;
    boolean form =
        headers
            .getOrDefault("content-type", "")
            .toLowerCase(Locale.ROOT)
            .startsWith("application/x-www-form-urlencoded");
    Params params = Params.parse(query, form ? new String(body, StandardCharsets.UTF_8) : "");
    return new Request(
        http.getMethodName(),
        path(http.getUri().getRawPath()),
        query,
        params,
        headers,
        body,
        Map.of());
  }

  /// Writes an answer. Returns false if it was cut off after its begin had been sent.
  private boolean write(Answer answer, CompletableFuture<HttpResponse<?>> response) {
    AnswerPipe pipe =
        new AnswerPipe(
            gateway.limits().answerWindowBytes(),
            gateway.limits().maxAnswerStall(),
            stream -> response.complete(begin(answer, stream)));
    try (Departure.Watch _ = Departure.watch(pipe::abandon)) {
      answer.body().writeTo(pipe);
      pipe.end().ifPresent(whole -> response.complete(begin(answer, whole)));
      return true;
    } catch (IOException | UncheckedIOException e) {
      return failed(pipe, e, response);
    } catch (RuntimeException | Error e) { // the reader must hear of it, or it waits for ever
      if (!pipe.isOpen()) {
        throw e;
      }
      LOG.error("answer failed", e);
      return failed(pipe, e, response);
    }
  }

  private static boolean failed(
      AnswerPipe pipe, Throwable cause, CompletableFuture<HttpResponse<?>> response) {
    if (pipe.isOpen()) {
      pipe.fail(cause);
      return false;
    }
    response.complete(
        HttpResponse.<byte[]>status(HttpStatus.SERVICE_UNAVAILABLE)
            .contentType("text/plain")
            .body(String.valueOf(cause.getMessage()).getBytes(StandardCharsets.UTF_8)));
    return true;
  }

  /// Headers as a [Request] has them: by lower-case names, the first of each, and none that only
  /// the server may set.
  static Map<String, String> headers(
      Set<String> names, Function<String, @Nullable String> firstOf) {
    Map<String, String> headers = new HashMap<>();
    for (String name : names) {
      String value = firstOf.apply(name);
      if (value != null && !name.startsWith(":")) {
        headers.put(name.toLowerCase(Locale.ROOT), value);
      }
    }
    return headers;
  }

  /// The address of the other end, for [Author#PEER].
  static String host(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? internet.getAddress().getHostAddress()
        : "";
  }

  /// The connection on which the answer is waited for.
  private record Connection(Optional<ChannelFuture> closed, ChannelFutureListener listener)
      implements AutoCloseable {

    /// Closes it: its client must not take what it has for the whole answer.
    void cut() {
      closed.ifPresent(
          future -> {
            var _ = future.channel().close();
          });
    }

    static Connection watched(HttpRequest<?> http, Departure departure) {
      Optional<ChannelFuture> closed =
          http instanceof NettyHttpRequest<?> netty
              ? Optional.of(netty.getChannelHandlerContext().channel().closeFuture())
              : Optional.empty();
      Connection connection = new Connection(closed, _ -> departure.happened());
      closed.ifPresent(future -> future.addListener(connection.listener));
      return connection;
    }

    @Override
    public void close() {
      closed.ifPresent(future -> future.removeListener(listener));
    }
  }

  /// A path as it is meant.
  static String path(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    // A plus sign in a path is itself.
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static HttpResponse<?> begin(Answer answer, Object body) {
    MutableHttpResponse<Object> response =
        HttpResponse.status(answer.status(), reason(answer.status()));
    answer.headers().forEach(response::header);
    if (!answer.contentType().isEmpty()) {
      response.header("Content-Type", answer.contentType()).body(body);
    }
    return response;
  }

  private static String reason(int status) {
    return status == 499 ? "Client Closed Request" : HttpStatus.valueOf(status).getReason();
  }
}
