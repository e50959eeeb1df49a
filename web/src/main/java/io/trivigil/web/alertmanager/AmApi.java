package io.trivigil.web.alertmanager;

import io.trivigil.alertmanager.config.AlertmanagerConfig;
import io.trivigil.alertmanager.match.MatcherParser;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.model.Regex;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.Backend.Decided;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Handler;
import io.trivigil.web.http.Params;
import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all addresses of `/api/v2` have in common: errors are JSON strings, commands are awaited.
final class AmApi {
  private static final Logger LOG = LoggerFactory.getLogger(AmApi.class);

  private final Backend backend;

  AmApi(Backend backend) {
    this.backend = backend;
  }

  Backend backend() {
    return backend;
  }

  /// The configuration in force.
  ///
  /// @throws ApiException where there is none
  AlertmanagerConfig config() {
    return backend
        .configuration()
        .flatMap(Backend.Configuration::alertmanager)
        .orElseThrow(
            () ->
                new ApiException(
                    ApiException.Type.UNAVAILABLE,
                    "no alertmanager is configured on this cluster"));
  }

  Optional<AlertmanagerConfig> configIfAny() {
    return backend.configuration().flatMap(Backend.Configuration::alertmanager);
  }

  static Answer json(Consumer<JsonWriter> body) {
    return Answer.json(200, body);
  }

  static Answer error(int status, String message) {
    Answer answer = Answer.json(status, json -> json.value(message));
    return status == 503 ? answer.with("Retry-After", "1") : answer;
  }

  /// A handler whose failures are JSON strings.
  static Handler wrap(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (ApiException e) {
        return error(e.type().status(), e.text());
      } catch (JsonException e) {
        return error(400, String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("request failed path={}", request.path(), e);
        return error(500, "internal error, see the server's log");
      }
    };
  }

  /// Proposes and waits until this node has applied the command; returns what it made.
  ///
  /// @throws ApiException if it is refused, or can not be decided now
  String decide(Command command) throws InterruptedException {
    try {
      return switch (backend.propose(command).get()) {
        case Decided.Accepted(String detail) -> detail;
        case Decided.Refused(String reason) ->
            throw new ApiException(ApiException.Type.BAD_DATA, reason);
        case Decided.Unavailable(String reason) ->
            throw new ApiException(ApiException.Type.UNAVAILABLE, reason);
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("a proposal's future failed", e);
    }
  }

  /// The matchers of all `filter` parameters.
  static List<Matcher> filter(Params params, String name) {
    List<Matcher> matchers = new ArrayList<>();
    for (String text : params.all(name)) {
      try {
        matchers.addAll(MatcherParser.parse(text).matchers());
      } catch (IllegalArgumentException e) {
        throw new ApiException(
            ApiException.Type.BAD_DATA,
            "bad matcher format: %s: %s".formatted(Names.quote(text), e.getMessage()),
            e);
      }
    }
    return matchers;
  }

  static Optional<Regex> receiverRegex(Params params) {
    String text = params.first("receiver");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Regex.anchored(text));
    } catch (IllegalArgumentException e) {
      throw new ApiException(
          ApiException.Type.BAD_DATA,
          "failed to parse receiver param: %s".formatted(e.getMessage()),
          e);
    }
  }

  static boolean flag(Params params, String name, boolean byDefault) {
    return switch (params.first(name)) {
      case "" -> byDefault;
      case "true", "1" -> true;
      case "false", "0" -> false;
      default ->
          throw new ApiException(
              ApiException.Type.BAD_DATA, "%s must be true or false".formatted(name));
    };
  }
}
