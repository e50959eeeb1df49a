package io.trivigil.web.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.promql.Features;
import io.trivigil.promql.parse.Parser;
import io.trivigil.web.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExprJsonTest {
  private static final String A =
      "{'anchored':false,'matchers':[{'name':'__name__','type':'=','value':'a'}],'name':'a',"
          + "'offset':0,'offsetExpr':null,'smoothed':false,'startOrEnd':null,'timestamp':null,"
          + "'type':'vectorSelector'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1.50 | {'type':'numberLiteral','val':'1.5'}",
        "-(2) | {'expr':{'expr':{'type':'numberLiteral','val':'2'},'type':'parenExpr'},'op':'-','type':'unaryExpr'}",
        "a | $a",
        "a{x!~\"b\"}[5m] @ 3 offset 1m | {'anchored':false,'matchers':[{'name':'x','type':'!~','value':'b'},"
            + "{'name':'__name__','type':'=','value':'a'}],'name':'a','offset':60000,'offsetExpr':null,'range':300000,'rangeExpr':null,'smoothed':false,"
            + "'startOrEnd':null,'timestamp':3000,'type':'matrixSelector'}",
        "a[1h:5m] @ end() | {'expr':$a,'offset':0,'offsetExpr':null,'range':3600000,'rangeExpr':null,"
            + "'startOrEnd':'end','step':300000,'stepExpr':null,"
            + "'timestamp':null,'type':'subquery'}",
        "a[1h / (step() * 2)] offset (5m) | {'anchored':false,'matchers':[{'name':'__name__','type':'=','value':'a'}],"
            + "'name':'a','offset':300000,'offsetExpr':null,'range':0,'rangeExpr':{"
            + "'lhs':{'duration':true,'type':'numberLiteral','val':'3600'},'op':'/','rhs':{"
            + "'lhs':{'lhs':null,'op':'step','rhs':null,'type':'durationExpr','wrapped':false},'op':'*',"
            + "'rhs':{'duration':false,'type':'numberLiteral','val':'2'},'type':'durationExpr','wrapped':true},"
            + "'type':'durationExpr','wrapped':false},'smoothed':false,'startOrEnd':null,'timestamp':null,"
            + "'type':'matrixSelector'}",
        "a[1h:max_of(1m, step())] offset -range() | {'expr':$a,'offset':0,'offsetExpr':{'lhs':null,'op':'-',"
            + "'rhs':{'lhs':null,'op':'range','rhs':null,'type':'durationExpr','wrapped':false},"
            + "'type':'durationExpr','wrapped':false},'range':3600000,'rangeExpr':null,'startOrEnd':null,'step':0,"
            + "'stepExpr':{'lhs':{'duration':true,'type':'numberLiteral','val':'60'},'op':'max_of',"
            + "'rhs':{'lhs':null,'op':'step','rhs':null,'type':'durationExpr','wrapped':false},"
            + "'type':'durationExpr','wrapped':false},'timestamp':null,'type':'subquery'}",
        "a > bool 1 | {'bool':true,'lhs':$a,'matching':null,'op':'>','rhs':{'type':'numberLiteral','val':'1'},"
            + "'type':'binaryExpr'}",
        "a * on (x) group_left (y) fill_right (2) a | {'bool':false,'lhs':$a,'matching':{'card':'many-to-one',"
            + "'fillValues':{'lhs':null,'rhs':2},'include':['y'],'labels':['x'],'on':true},'op':'*','rhs':$a,"
            + "'type':'binaryExpr'}",
        "topk without (x) (3, a) | {'expr':$a,'grouping':['x'],'op':'topk','param':{'type':'numberLiteral','val':'3'},"
            + "'type':'aggregation','without':true}",
        "abs(a) | {'args':[$a],'func':{'argTypes':['vector'],'name':'abs','returnType':'vector','variadic':0},"
            + "'type':'call'}"
      })
  void nodesAreObjects(String query, String expected) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonWriter json = new JsonWriter(out);
    ExprJson.write(json, Parser.parse(query, Features.all()));
    json.flush();
    String wanted = expected.replace("$a", A).replace('\'', '"').replace(">", "\\u003e");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(wanted);
  }
}
