package io.trivigil.scraper.loop;

import io.trivigil.config.http.HttpCall;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.config.http.HttpResult;
import io.trivigil.config.http.HttpTransport;
import io.trivigil.scraper.config.ScrapeConfig;
import io.trivigil.scraper.config.ScrapeProtocol;
import io.trivigil.scraper.discovery.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Fetches over HTTP, with the headers of a Prometheus.
public final class HttpFetcher implements Fetcher {
  private final Function<HttpConfig, HttpTransport> transports;
  private final String userAgent;

  /// @param userAgent as `Prometheus/3.14.0`: some exporters look at it
  public HttpFetcher(Function<HttpConfig, HttpTransport> transports, String userAgent) {
    this.transports = transports;
    this.userAgent = userAgent;
  }

  @Override
  public Fetched fetch(Target target) {
    ScrapeConfig config = target.config();
    long limit = config.limits().bodyBytes();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", acceptHeader(config));
    headers.put("Accept-Encoding", config.enableCompression() ? "gzip" : "identity");
    headers.put("User-Agent", userAgent);
    headers.put("X-Prometheus-Scrape-Timeout-Seconds", seconds(target.timeout()));
    HttpCall call =
        new HttpCall(
            "GET",
            target.url(),
            headers,
            new byte[0],
            target.timeout(),
            limit == 0 ? HttpCall.DEFAULT_MAX_BODY_BYTES : limit);
    return switch (transports.apply(config.http()).send(call)) {
      case HttpResult.Answer answer when answer.status() == 200 ->
          new Fetched.Body(answer.body(), answer.header("content-type").orElse(""));
      case HttpResult.Answer answer ->
          new Fetched.Failed("server returned HTTP status " + statusText(answer.status()), false);
      case HttpResult.Failure(HttpResult.Reason reason, String message) ->
          new Fetched.Failed(message, reason == HttpResult.Reason.TOO_LARGE);
    };
  }

  private static String statusText(int status) {
    String phrase =
        switch (status) {
          case 204 -> "No Content";
          case 301 -> "Moved Permanently";
          case 302 -> "Found";
          case 400 -> "Bad Request";
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 404 -> "Not Found";
          case 429 -> "Too Many Requests";
          case 500 -> "Internal Server Error";
          case 502 -> "Bad Gateway";
          case 503 -> "Service Unavailable";
          case 504 -> "Gateway Timeout";
          default -> "";
        };
    return (status + " " + phrase).strip();
  }

  private static String seconds(Duration timeout) {
    long ms = timeout.toMillis();
    return ms % 1000 == 0 ? "" + ms / 1000 : "" + ms / 1000.0;
  }

  /// The formats in order, with falling quality; protobuf is left out since it is not read yet.
  static String acceptHeader(ScrapeConfig config) {
    List<ScrapeProtocol> protocols =
        config.protocols().stream().filter(p -> p != ScrapeProtocol.PROTOBUF).toList();
    StringBuilder accept = new StringBuilder();
    int quality = ScrapeProtocol.values().length + 1;
    for (ScrapeProtocol protocol : protocols) {
      accept.append(protocol.mediaType());
      if (protocol.hasEscaping()) {
        accept.append(";escaping=").append(config.escaping().text());
      }
      accept.append(";q=0.").append(quality--).append(',');
    }
    return accept.append("*/*;q=0.").append(quality).toString();
  }
}
