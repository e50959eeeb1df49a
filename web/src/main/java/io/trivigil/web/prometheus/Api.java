package io.trivigil.web.prometheus;

import io.trivigil.node.failopen.FailOpen;
import io.trivigil.promql.NotAtHandException;
import io.trivigil.promql.QueryException;
import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Handler;
import io.trivigil.web.http.Request;
import io.trivigil.web.json.JsonWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The envelope around every answer of `/api/v1`, and the headers that tell how fresh it is.
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);

  private final Backend backend;

  Api(Backend backend) {
    this.backend = backend;
  }

  /// The data of an answer.
  ///
  /// @param write writes the value of `data`
  record Data(Consumer<JsonWriter> write, List<String> warnings, List<String> infos) {
    Data {
      warnings = List.copyOf(warnings);
      infos = List.copyOf(infos);
    }

    static Data of(Consumer<JsonWriter> write) {
      return new Data(write, List.of(), List.of());
    }
  }

  /// Makes the data of an answer.
  @FunctionalInterface
  interface Source {
    Data data(Request request) throws InterruptedException;
  }

  /// A handler that wraps data, and failures, in the envelope.
  Handler wrap(Source source) {
    return request -> {
      Answer refused = confirm(request);
      // What is told is from before the data is read, so the data is never older than it says.
      long appliedIndex = backend.appliedIndex();
      long freshnessMs = backend.freshnessMs();
      return (refused == null ? answer(source, request) : refused)
          .with(
              Map.of(
                  "X-Trivigil-Applied-Index",
                  Long.toString(appliedIndex),
                  "X-Trivigil-Freshness-Ms",
                  Long.toString(freshnessMs)));
    };
  }

  /// The same, of a source that may be asked where nobody may wait: see [Handler#knowsAtHand].
  Handler wrapAtHand(Source source) {
    return Handler.atHand(wrap(source));
  }

  /// Waits as the request's consistency asks; an error if nobody confirms.
  private @Nullable Answer confirm(Request request) throws InterruptedException {
    try {
      Consistency.await(request.params(), backend::linearizable);
      return null;
    } catch (ApiException e) {
      return error(e.type(), e.text());
    }
  }

  private Answer answer(Source source, Request request) throws InterruptedException {
    try {
      return success(source.data(request));
    } catch (ApiException e) {
      return error(e.type(), e.text());
    } catch (QueryException e) {
      return error(type(e.kind()), String.valueOf(e.getMessage()));
    } catch (NotAtHandException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("request failed path={}", request.path(), e);
      return error(ApiException.Type.INTERNAL, "internal error, see the server's log");
    }
  }

  private static ApiException.Type type(QueryException.Kind kind) {
    return switch (kind) {
      case BAD_DATA -> ApiException.Type.BAD_DATA;
      case EXECUTION -> ApiException.Type.EXECUTION;
      case CANCELED -> ApiException.Type.CANCELED;
      case TIMEOUT -> ApiException.Type.TIMEOUT;
    };
  }

  private Answer success(Data data) {
    List<String> warnings = new ArrayList<>(data.warnings());
    FailOpen.Status alone = backend.failOpen();
    if (alone.state() == FailOpen.State.FAIL_OPEN) {
      warnings.add(
          "quorum lost: node %s works on its own since %s (fail-open); what it collects since then is not in this answer"
              .formatted(backend.log().self(), Instant.ofEpochMilli(alone.sinceMs())));
    } else if (!backend.ready()) {
      LogStatus log = backend.log();
      warnings.add(
          "node %s is not up to date: applied %d, committed %d"
              .formatted(log.self(), log.appliedIndex(), log.committedIndex()));
    }
    List<String> damage = backend.damage();
    if (!damage.isEmpty()) {
      warnings.add(
          "the store of node %s is damaged, answers may be incomplete: %s"
              .formatted(backend.log().self(), damage.getFirst()));
    }
    return Answer.json(
        200,
        json -> {
          json.beginObject().field("status", "success").name("data");
          data.write().accept(json);
          if (!warnings.isEmpty()) {
            json.field("warnings", warnings);
          }
          if (!data.infos().isEmpty()) {
            json.field("infos", data.infos());
          }
          json.endObject();
        });
  }

  static Answer error(ApiException.Type type, String message) {
    Answer answer =
        Answer.json(
            type.status(),
            json ->
                json.beginObject()
                    .field("status", "error")
                    .field("errorType", type.text())
                    .field("error", message)
                    .endObject());
    return type == ApiException.Type.UNAVAILABLE ? answer.with("Retry-After", "1") : answer;
  }
}
