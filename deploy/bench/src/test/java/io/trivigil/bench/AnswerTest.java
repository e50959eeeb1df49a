package io.trivigil.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void orderCountsOnlyWhereItIsPromised() throws IOException {
    Answer one = vector("[{a:1,v:'1'},{a:2,v:'2'}]");
    Answer other = vector("[{a:2,v:'2'},{a:1,v:'1'}]");
    assertThat(one.sameAs(other, "m")).isTrue();
    assertThat(one.sameAs(other, "sort(m)")).isFalse();
  }

  @Test
  void oneOfSeveralEqualSeriesIsKept() throws IOException {
    Answer one = vector("[{a:1,v:'3'}]");
    Answer other = vector("[{a:2,v:'3'}]");
    assertThat(one.sameAs(other, "topk(1, m)")).isTrue();
    assertThat(one.sameAs(other, "m")).isFalse();
    assertThat(one.sameAs(vector("[{a:2,v:'4'}]"), "topk(1, m)")).isFalse();
  }

  @Test
  void valuesAreEqualUpToRounding() throws IOException {
    Answer one = vector("[{a:1,v:'1'}]");
    assertThat(one.sameAs(vector("[{a:1,v:'1.0000000001'}]"), "m")).isTrue();
    assertThat(one.sameAs(vector("[{a:1,v:'1.00000001'}]"), "m")).isFalse();
    assertThat(one.sameAs(vector("[{a:1,v:'NaN'}]"), "m")).isFalse();
    assertThat(vector("[{a:1,v:'NaN'}]").sameAs(vector("[{a:1,v:'NaN'}]"), "m")).isTrue();
    assertThat(one.sameAs(vector("[{a:1,v:'1'},{a:2,v:'1'}]"), "m")).as("more series").isFalse();
  }

  @Test
  void twoErrorsAreTheSame() throws IOException {
    Answer failed = Answer.of(JSON.readTree("{\"status\":\"error\",\"error\":\"no\"}"));
    assertThat(failed.sameAs(Answer.failed("other"), "m")).isTrue();
    assertThat(failed.sameAs(vector("[]"), "m")).isFalse();
  }

  private static Answer vector(String result) throws IOException {
    String series =
        result
            .replaceAll("a:(\\d)", "\"metric\":{\"a\":\"$1\"}")
            .replaceAll("v:'([^']*)'", "\"value\":[1,\"$1\"]");
    return Answer.of(
        JSON.readTree(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
                + series
                + "}}"));
  }
}
