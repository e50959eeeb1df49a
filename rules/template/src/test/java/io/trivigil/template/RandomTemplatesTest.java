package io.trivigil.template;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever users write, only a [TemplateException] may come of it.
class RandomTemplatesTest {
  private static final String[] PIECES = {
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    "if ",
    "else ",
    "end",
    "range ",
    "with ",
    "define ",
    "template ",
    "block ",
    "break",
    "continue",
    "$x",
    "$",
    ":=",
    "=",
    ",",
    "|",
    "(",
    ")",
    ".",
    ".Name",
    ".List",
    ".Labels",
    ".Struct",
    ".Twice",
    ".Fn",
    ".Time",
    ".Format",
    ".Any",
    ".n",
    "nil",
    "true",
    "1",
    "1.5",
    "-3",
    "0x",
    "1e",
    "'a'",
    "'",
    "\"x\"",
    "\"",
    "`",
    "`r`",
    "/*",
    "*/",
    "eq ",
    "lt ",
    "and ",
    "or ",
    "not ",
    "len ",
    "index ",
    "slice ",
    "print ",
    "printf ",
    "\"%*d%[3]q%.9f%v%\"",
    "html ",
    "js ",
    "urlquery ",
    "call ",
    "fail",
    "upper ",
    "<",
    ">",
    "<a href=\"",
    "<script>",
    "</script>",
    "<style>",
    "<p ",
    "='",
    "\"",
    "<!--",
    "-->",
    "\n",
    "日",
    "\ud83d\ude00",
    "&",
    "999999999999999999999",
    "{{ if .Name }}",
    "{{ end }}",
    "{{ range .List }}",
    "{{ else }}",
    "{{ . }}",
    "{{ .Labels }}",
  };

  @Test
  void nothingElseIsThrown() {
    TemplateLimits limits = new TemplateLimits(10_000, 2_000, 20);
    for (long seed = 0; seed < 30_000; seed++) {
      Random random = new Random(seed);
      StringBuilder source = new StringBuilder();
      int count = 1 + random.nextInt(14);
      for (int i = 0; i < count; i++) {
        source.append(PIECES[random.nextInt(PIECES.length)]);
      }
      if (random.nextBoolean()) {
        source.insert(0, "{{ ").append(" }}");
      }
      TemplateSet base = random.nextBoolean() ? TemplateSet.html() : TemplateTextTest.set();
      try {
        base.withFunctions(
                java.util.Map.of(
                    "upper",
                    io.trivigil.template.value.GoFunction.of(1, args -> args.string(0)),
                    "fail",
                    io.trivigil.template.value.GoFunction.of(0, _ -> null)))
            .withLimits(limits)
            .parse("t", source.toString())
            .execute("t", TemplateTextTest.data());
      } catch (TemplateException _) {
        // What users are told.
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed=" + seed + " source=" + source, e);
      }
    }
  }
}
