package io.trivigil.config.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The transport over the JDK's HTTP client. Thread-safe: a private lock guards the client, which
/// is made anew when a certificate file changed.
///
/// Names are resolved by [HostLookup] first; the JDK then finds them in its cache. A host name that
/// Java's `URI` does not take (`my_exporter:9100`, common in containers) is called by its address,
/// with its name in the `Host` header.
final class JdkHttpTransport implements HttpTransport {
  private static final int MAX_REDIRECTS = 10;
  private static final Duration IDLE_CONNECT = Duration.ofSeconds(30);

  static {
    // Read once by the JDK's client when its classes load; needed for names with underscores.
    if (System.getProperty("jdk.httpclient.allowRestrictedHeaders") == null) {
      System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }
  }

  private record Built(TlsContexts.Material material, HttpClient client) {}

  private final HttpConfig config;
  private final SecretFiles files;
  private final Map<String, String> environment;
  private final HostLookup lookup;
  private final Executor executor;
  private final LongSupplier nanoTicker;
  private final @Nullable OAuth2Tokens tokens; // null without oauth2
  private final Object lock = new Object();
  private @Nullable Built built; // null until the first call

  JdkHttpTransport(
      HttpConfig config,
      SecretFiles files,
      Map<String, String> environment,
      HostLookup lookup,
      Executor executor,
      LongSupplier nanoTicker) {
    this.config = config;
    this.files = files;
    this.environment = environment;
    this.lookup = lookup;
    this.executor = executor;
    this.nanoTicker = nanoTicker;
    this.tokens = config.oauth2().map(this::tokens).orElse(null);
  }

  private OAuth2Tokens tokens(OAuth2 oauth2) {
    HttpConfig plain =
        new HttpConfig(
            HttpConfig.DEFAULT.basicAuth(),
            HttpConfig.DEFAULT.authorization(),
            HttpConfig.DEFAULT.oauth2(),
            oauth2.tls(),
            oauth2.proxy(),
            true,
            true,
            List.of());
    JdkHttpTransport transport =
        new JdkHttpTransport(plain, files, environment, lookup, executor, nanoTicker);
    return new OAuth2Tokens(oauth2, transport, files, nanoTicker);
  }

  @Override
  public HttpResult send(HttpCall call) {
    long deadline = nanoTicker.getAsLong() + call.timeout().toNanos();
    try {
      Map<String, String> credentials = new LinkedHashMap<>();
      HttpClient client;
      try {
        client = client();
        addCredentials(credentials, call.timeout());
      } catch (IOException | GeneralSecurityException e) {
        return failure(HttpResult.Reason.CREDENTIALS, call.method(), call.uri(), text(e));
      }
      return follow(client, call, credentials, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failure(HttpResult.Reason.INTERRUPTED, call.method(), call.uri(), "interrupted");
    }
  }

  private HttpResult follow(
      HttpClient client, HttpCall call, Map<String, String> credentials, long deadline)
      throws InterruptedException {
    URI uri = call.uri();
    String method = call.method();
    byte[] body = call.body();
    boolean sameHost = true;
    for (int redirects = 0; ; redirects++) {
      HttpResult result =
          exchange(client, call, method, uri, body, sameHost ? credentials : Map.of(), deadline);
      if (!config.followRedirects()
          || !(result instanceof HttpResult.Answer answer)
          || !Set.of(301, 302, 303, 307, 308).contains(answer.status())
          || answer.header("location").isEmpty()) {
        return result;
      }
      if (redirects == MAX_REDIRECTS) {
        return failure(HttpResult.Reason.BROKEN, method, uri, "stopped after 10 redirects");
      }
      URI next;
      try {
        next = uri.resolve(answer.header("location").orElseThrow());
      } catch (IllegalArgumentException e) {
        return failure(HttpResult.Reason.BROKEN, method, uri, "failed to parse Location header");
      }
      // Credentials stay with the host that they were meant for.
      sameHost = sameHost && String.valueOf(next.getAuthority()).equals(uri.getAuthority());
      if (answer.status() < 307 && !method.equals("HEAD")) {
        method = "GET";
        body = new byte[0];
      }
      uri = next;
    }
  }

  private HttpResult exchange(
      HttpClient client,
      HttpCall call,
      String method,
      URI uri,
      byte[] body,
      Map<String, String> credentials,
      long deadline)
      throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> pending = null;
    try {
      HttpRequest request = request(call, method, uri, body, credentials, deadline);
      pending = client.sendAsync(request, _ -> new BoundedBody(call.maxBodyBytes()));
      HttpResponse<byte[]> response =
          pending.get(Math.max(1, deadline - nanoTicker.getAsLong()), TimeUnit.NANOSECONDS);
      Map<String, String> headers = new LinkedHashMap<>();
      response
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
      byte[] decoded =
          BoundedBody.decoded(
              response.body(), headers.getOrDefault("content-encoding", ""), call.maxBodyBytes());
      return new HttpResult.Answer(response.statusCode(), headers, decoded);
    } catch (TimeoutException e) {
      return failure(HttpResult.Reason.TIMEOUT, method, uri, "context deadline exceeded");
    } catch (ExecutionException e) {
      return failed(method, uri, e.getCause() == null ? e : e.getCause());
    } catch (IOException | IllegalArgumentException | RejectedExecutionException e) {
      return failed(method, uri, e);
    } finally {
      if (pending != null) {
        pending.cancel(true);
      }
    }
  }

  private HttpRequest request(
      HttpCall call,
      String method,
      URI uri,
      byte[] body,
      Map<String, String> credentials,
      long deadline)
      throws IOException, TimeoutException, InterruptedException {
    Duration left = Duration.ofNanos(Math.max(1, deadline - nanoTicker.getAsLong()));
    String authority = String.valueOf(uri.getRawAuthority());
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    String host = host(authority);
    URI reached = uri;
    boolean odd = uri.getHost() == null;
    if (odd && host.isEmpty()) {
      throw new IllegalArgumentException("no host in request URL");
    }
    if (config.proxy().proxyFor(uri, environment).isEmpty()) {
      InetAddress address = lookup.resolve(host, left);
      if (odd) {
        String at = address.getHostAddress();
        String bare = at.contains(":") ? "[" + at + "]" : at;
        String port = authority.substring(host.length());
        String rest = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        reached = URI.create(uri.getScheme() + "://" + bare + port + rest);
      }
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(reached)
            .timeout(left)
            .version(
                config.enableHttp2() && "https".equals(uri.getScheme())
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    call.headers().forEach(request::setHeader);
    credentials.forEach(request::setHeader);
    for (HttpHeader header : config.headers()) {
      header.values().forEach(value -> request.header(header.name(), value));
      for (SecretSource secret : header.secrets()) {
        request.header(header.name(), secret.resolve(files).reveal());
      }
    }
    if (odd) {
      request.setHeader("Host", authority);
    }
    return request.build();
  }

  /// The host of `host`, `host:port`, `[::1]:port`.
  private static String host(String authority) {
    if (authority.startsWith("[")) {
      return authority.substring(0, authority.indexOf(']') + 1);
    }
    int colon = authority.lastIndexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  private void addCredentials(Map<String, String> headers, Duration timeout) throws IOException {
    if (config.basicAuth().isPresent()) {
      BasicAuth basic = config.basicAuth().get();
      String user = basic.username().isPresent() ? reveal(basic.username().get()) : "";
      String password = basic.password().isPresent() ? reveal(basic.password().get()) : "";
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(both));
    } else if (config.authorization().isPresent()) {
      Authorization authorization = config.authorization().get();
      if (authorization.credentials().isPresent()) {
        headers.put(
            "Authorization",
            authorization.type() + " " + reveal(authorization.credentials().get()));
      }
    } else if (tokens != null) {
      headers.put("Authorization", "Bearer " + tokens.token(timeout));
    }
  }

  private String reveal(SecretSource source) throws IOException {
    return source.resolve(files).reveal();
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    TlsContexts.Material material = TlsContexts.Material.load(config.tls(), files);
    synchronized (lock) {
      Built now = built;
      if (now == null || !now.material().equals(material)) {
        now = new Built(material, build(material));
        built = now;
      }
      return now.client();
    }
  }

  private HttpClient build(TlsContexts.Material material)
      throws IOException, GeneralSecurityException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .executor(executor)
            .connectTimeout(IDLE_CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(new ConfiguredProxy());
    if (!config.tls().equals(TlsConfig.DEFAULT)) {
      SSLContext context = TlsContexts.context(material);
      builder.sslContext(context).sslParameters(TlsContexts.parameters(config.tls(), context));
    }
    return builder.build();
  }

  void shutdown() {
    synchronized (lock) {
      if (built != null) {
        built.client().shutdownNow();
      }
    }
  }

  private static HttpResult failed(String method, URI uri, Throwable cause) {
    HttpResult.Reason reason =
        switch (cause) {
          case BoundedBody.TooLargeException _ -> HttpResult.Reason.TOO_LARGE;
          case UnknownHostException _, ConnectException _, HttpConnectTimeoutException _ ->
              HttpResult.Reason.CONNECT;
          case HttpTimeoutException _ -> HttpResult.Reason.TIMEOUT;
          case SSLException _ -> HttpResult.Reason.TLS;
          case IllegalArgumentException _ -> HttpResult.Reason.CONNECT;
          default -> HttpResult.Reason.BROKEN;
        };
    String message =
        switch (cause) {
          case BoundedBody.TooLargeException _ -> "body size limit exceeded";
          case UnknownHostException e -> "dial tcp: " + e.getMessage();
          case HttpTimeoutException _ -> "context deadline exceeded";
          case ConnectException _ ->
              "dial tcp %s: connect: connection refused".formatted(uri.getRawAuthority());
          default -> text(cause);
        };
    return failure(reason, method, uri, message);
  }

  private static HttpResult failure(
      HttpResult.Reason reason, String method, URI uri, String message) {
    if (reason == HttpResult.Reason.TOO_LARGE) {
      return new HttpResult.Failure(reason, message);
    }
    String verb = method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT);
    return new HttpResult.Failure(reason, "%s \"%s\": %s".formatted(verb, uri, message));
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null || message.isEmpty() ? error.getClass().getSimpleName() : message;
  }

  private final class ConfiguredProxy extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      return List.of(
          config
              .proxy()
              .proxyFor(uri, environment)
              .map(
                  proxy -> {
                    InetSocketAddress at = (InetSocketAddress) proxy.address();
                    return new Proxy(
                        Proxy.Type.HTTP, new InetSocketAddress(at.getHostString(), at.getPort()));
                  })
              .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException error) {
      // The exchange fails with the same error.
    }
  }
}
