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
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Departure;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Takes every request from Micronaut, on virtual threads, and hands it to the [Gateway]. One
/// catch-all, since Prometheus's rules for parameters, forms, errors and prefixes are not
/// Micronaut's.
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
@Consumes("*/*")
@Produces("*/*")
final class GateController {
  private static final byte[] NO_BODY = new byte[0];

  private final Gateway gateway;

  GateController(Gateway gateway) {
    this.gateway = gateway;
  }

  @Get(uris = {"/", "/{+path}"})
  HttpResponse<byte[]> get(HttpRequest<?> request) {
    return answer(request, NO_BODY);
  }

  @Options(uris = {"/", "/{+path}"})
  HttpResponse<byte[]> options(HttpRequest<?> request) {
    return answer(request, NO_BODY);
  }

  @Post(uris = {"/", "/{+path}"})
  HttpResponse<byte[]> post(HttpRequest<?> request) {
    return answer(request, body(request));
  }

  @Put(uris = {"/", "/{+path}"})
  HttpResponse<byte[]> put(HttpRequest<?> request) {
    return answer(request, body(request));
  }

  @Delete(uris = {"/", "/{+path}"})
  HttpResponse<byte[]> delete(HttpRequest<?> request) {
    return answer(request, NO_BODY);
  }

  /// The bytes as they came: Micronaut would decode forms and JSON by itself.
  private static byte[] body(HttpRequest<?> request) {
    if (!(request instanceof ServerHttpRequest<?> server)) {
      throw new IllegalStateException("not a server's request: " + request.getClass());
    }
    try (CloseableAvailableByteBody body = server.byteBody().buffer().join()) {
      return body.toByteArray();
    }
  }

  private HttpResponse<byte[]> answer(HttpRequest<?> http, byte[] body) {
    Map<String, String> headers = new HashMap<>();
    http.getHeaders()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty() && !name.startsWith(":")) {
                headers.put(name.toLowerCase(Locale.ROOT), values.getFirst());
              }
            });
    headers.put(Author.PEER, http.getRemoteAddress().getAddress().getHostAddress());
    String raw = http.getUri().getRawQuery();
    String query = raw == null ? "" : raw;
    boolean form =
        headers
            .getOrDefault("content-type", "")
            .toLowerCase(Locale.ROOT)
            .startsWith("application/x-www-form-urlencoded");
    Params params = Params.parse(query, form ? new String(body, StandardCharsets.UTF_8) : "");
    Request request =
        new Request(
            http.getMethodName(),
            path(http.getUri().getRawPath()),
            query,
            params,
            headers,
            body,
            Map.of());
    Departure departure = new Departure();
    try (Connection _ = Connection.watched(http, departure)) {
      return response(departure.during(() -> gateway.answer(request)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE);
    }
  }

  /// The connection on which the answer is waited for.
  private record Connection(Optional<ChannelFuture> closed, ChannelFutureListener listener)
      implements AutoCloseable {

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

  private static String path(String raw) {
    // A plus sign in a path is itself.
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private HttpResponse<byte[]> response(Answer answer) {
    BoundedBytes bytes = new BoundedBytes(gateway.limits().maxAnswerBytes());
    try {
      answer.body().writeTo(bytes);
    } catch (IOException | java.io.UncheckedIOException e) {
      return HttpResponse.<byte[]>status(HttpStatus.SERVICE_UNAVAILABLE)
          .contentType("text/plain")
          .body(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
    MutableHttpResponse<byte[]> response =
        HttpResponse.status(answer.status(), reason(answer.status()));
    answer.headers().forEach(response::header);
    if (!answer.contentType().isEmpty()) {
      response.header("Content-Type", answer.contentType()).body(bytes.toByteArray());
    }
    return response;
  }

  private static String reason(int status) {
    return status == 499 ? "Client Closed Request" : HttpStatus.valueOf(status).getReason();
  }
}
