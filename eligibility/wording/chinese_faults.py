"""Chinese for what is wrong with a row, a table, a record or a mapping: by code, and by text where it has parts."""

from __future__ import annotations

from typing import NamedTuple


class FaultWords(NamedTuple):
    """What is wrong, and what to do; nothing where the first says it."""

    message: str
    hint: str = ""


_DATES = "请写作“2024-05-17”、“2024-05”、“2024”或“day 120”"
_UTF_8 = "请另存为UTF-8编码后重新上传"
_CSV = "请将工作表另存为CSV（UTF-8）后上传"
_AGAIN = "请检查该文件，必要时重新导出"

_VALUES = {
    "bool_type": FaultWords("此处应为true或false"),
    "clock_mismatch": FaultWords(
        "病历日期与判定日期的写法不一致",
        "判定日期与计划开始日期请与病历一致：均用日历日期；去标识数据均用“day N”",
    ),
    "clocks_mixed": FaultWords("同一行中日历日期与第几天混用", "请全部采用同一种写法"),
    "code_type": FaultWords("此处应为加引号的代码"),
    "control_characters": FaultWords("文字中含有控制字符", "请去除后重试"),
    "date_type": FaultWords("日期应为文字", "请写作“2024-05-17”"),
    "date_unreadable": FaultWords("日期无法识别", _DATES),
    "decimal_comma": FaultWords("逗号可能表示千位，也可能表示小数", "请用小数点，不要使用逗号"),
    "duplicate_key": FaultWords("同一对象中有重复的键", "每个键只保留一个"),
    "extra_forbidden": FaultWords("没有此字段", "请核对字段名称，或删除该项"),
    "identifying_field": FaultWords(
        "该字段疑似含有可识别患者身份的信息", "请删除；只需自编的筛选号（screening_id）"
    ),
    "json_unreadable": FaultWords("该行不是有效的JSON", "请检查此处之前是否缺少逗号、引号或括号"),
    "listing_contradicts": FaultWords(
        "一列表示“无”，另一列却有内容", "两者只能保留其一，请清空另一列"
    ),
    "listing_text": FaultWords("此处应为列表", "如已确认没有，请填写“none”"),
    "missing": FaultWords("此处必填", "请补充"),
    "model_attributes_type": FaultWords("此处应为花括号中的对象"),
    "model_type": FaultWords("此处应为由键和值组成的对象"),
    "more_faults": FaultWords("另有问题未列出", "请先更正已列出的问题"),
    "nested_too_deeply": FaultWords("嵌套层次过深，不是有效的病历"),
    "not_finite": FaultWords("NaN和无穷大不是有效数值", "请留空"),
    "not_whole": FaultWords("此处应为整数"),
    "number_too_long": FaultWords("数字位数过多"),
    "number_type": FaultWords("此处应为数字，或“<1”之类的文字"),
    "number_unreadable": FaultWords(
        "不是数字", "请写作“12.5”、“<1”、“>=90”或“1-10”；如无结果，请注明原因"
    ),
    "out_of_bounds": FaultWords("数值超出可能的范围", "请核对原始记录及单位"),
    "range_reversed": FaultWords("范围的起点大于终点", "请先写较小的数"),
    "string_pattern_mismatch": FaultWords(
        "含有不允许的字符", "仅限字母、数字、点、短横线和下划线，最多64个字符"
    ),
    "string_too_long": FaultWords("文字过长", "请缩短"),
    "string_too_short": FaultWords("文字为空", "请填写"),
    "string_type": FaultWords("此处应为文字"),
    "string_unicode": FaultWords("文字中含有无效字符", "请重新导出"),
    "text_too_long": FaultWords("作为数字，文字过长"),
    "too_large": FaultWords("文件过大", "请缩小后重试"),
    "too_long": FaultWords("列表项目过多", "请减少项目"),
    "tuple_type": FaultWords("此处应为方括号中的列表"),
    "unknown_code": FaultWords("不是可用的写法", "请改用可用的写法，或在列映射中说明其含义"),
    "value_and_absent": FaultWords("同一字段不能既有值又有缺失原因", "请只保留其一"),
}
_ROWS = {
    "anchor_clocks_differ": FaultWords(
        "判定日期（as_of）与计划开始日期（planned_start）的写法不一致",
        "该行的所有日期、判定日期和计划开始日期须采用同一种写法",
    ),
    "anchor_unreadable": FaultWords(
        "筛查所用的日期无法识别", "请填写含年、月、日的完整日期；去标识数据填写“day N”"
    ),
    "as_of_missing": FaultWords("该行没有判定日期", "请在该行填写as_of，或为整个批次填写判定日期"),
    "cell_too_long": FaultWords("单元格内容过长", "请检查是否误将文件放入单元格"),
    "cell_type": FaultWords("单元格内容不是文字、数字、日期或是/否", "每个单元格只填写一个值"),
    "date_without_year": FaultWords(
        "单元格显示的日期没有年份，年份可能由表格软件自动补上",
        "请将单元格设为含年份的日期格式并核对；3-10之类的范围请以文本填写",
    ),
    "duplicate_id": FaultWords("筛选号重复", "每位患者只保留一行；再次筛选的患者请另编筛选号"),
    "encoding": FaultWords("含有无法按该编码识别的文字", f"{_UTF_8}，或选择正确的字符编码"),
    "excel_error": FaultWords("单元格显示错误值，如#N/A", "请更正公式，或清空单元格"),
    "formula_without_value": FaultWords(
        "单元格中的公式从未计算", "请用Excel或LibreOffice打开并保存后重新上传"
    ),
    "line_too_long": FaultWords("该行过长", "请检查是否缺少换行，或引号没有闭合"),
    "list_item": FaultWords(
        "列表中有空项、嵌套列表，或含有;或|", "列表中的每一项请单独写为文字或数字"
    ),
    "merged_cell": FaultWords("该单元格为合并单元格，无法确定其自身内容", "请取消合并，并逐格填写"),
    "missing_id": FaultWords("该行没有筛选号", "请为每位患者填写各自的筛选号"),
    "not_an_object": FaultWords("该行不是JSON对象", "每行用花括号写一位患者"),
    "nul_byte": FaultWords("该行含有空字节（NUL）", "文件在此处损坏，请重新导出"),
    "number_format": FaultWords(
        "单元格格式所显示的符号（如<）并不在其数值中", "请将显示的内容以文本填写"
    ),
    "planned_start_before_as_of": FaultWords(
        "计划开始日期早于判定日期", "计划开始日期不得早于as_of；或改用更早的判定日期"
    ),
    "stray_quote": FaultWords("引号闭合后紧跟其他文字", '单元格内的引号请写两次：""'),
    "time_of_day": FaultWords(
        "单元格含有时刻，而不仅是日期", "该列请只填日期；时刻归入哪一天应由中心决定"
    ),
    "too_few_cells": FaultWords("该行的单元格少于表头", "每一列都要有分隔符，空单元格之后也不例外"),
    "too_many_cells": FaultWords("该行的单元格多于表头", "含有分隔符的单元格请加引号"),
    "unclosed_quote": FaultWords("引号没有闭合", '请闭合引号；单元格内的引号请写两次：""'),
}
_TABLES = {
    "archive_locked": FaultWords("压缩包设有密码", "请上传不带密码的文件"),
    "archive_members": FaultWords("压缩包中不止一个文件", "一个压缩包只放一张表格"),
    "cannot_open": FaultWords("表格无法打开", _AGAIN),
    "column_names_a_group": FaultWords("该名称对应一组字段，而非单个字段", "请指明其中一个字段"),
    "column_type": FaultWords(
        "该列的类型不是表格单元格可有的类型", "请提供文字、数字、日期、是/否或其列表；嵌套列请展开"
    ),
    "damaged_file": FaultWords("文件已损坏或不完整", "请重新复制或导出；其内容未被使用"),
    "delimiter_unclear": FaultWords("表头中两种分隔符数量相同", "请指定分隔符：逗号、分号或制表符"),
    "duplicate_column": FaultWords("有两列名称相同或对应同一字段", "请改名或删除其中一列"),
    "empty_file": FaultWords("文件为空", "请上传带有表头行的表格"),
    "identifying_column": FaultWords(
        "该列疑似含有可识别患者身份的信息", "请从表格中删除，或选择不使用"
    ),
    "item_number": FaultWords("列表项目的编号有误", "项目依次编号为1、2、3，且不超过上限"),
    "json_array": FaultWords(
        "这是一个JSON列表，而表格应每行一个JSON对象", "每个对象单独成行，去掉外层方括号和逗号"
    ),
    "json_page": FaultWords("JSON对象跨多行，而表格应每行一个JSON对象", "每位患者写在一行内"),
    "no_encoding": FaultWords("此类文件自带编码信息，不需指定编码", "请不要选择字符编码"),
    "no_header": FaultWords("第一行不含任何字段名称", "请以列名作为第一行，或提供列映射"),
    "no_screening_id": FaultWords(
        "没有筛选号（screening_id）列", "请补充该列，或指定哪一列为筛选号"
    ),
    "no_sheets": FaultWords("指定了工作表，但该文件不是工作簿", "请不要指定工作表"),
    "no_such_column": FaultWords("表格中没有此列", "请查看表格第一行"),
    "no_such_sheet": FaultWords("工作簿中没有此工作表", "请核对工作表名称"),
    "not_a_file": FaultWords("表格须多次读取，不能通过管道提供", "请先保存为文件"),
    "not_a_text_table": FaultWords("该文件不是文本表格", _CSV),
    "other_workbook": FaultWords(
        "不支持此类工作簿（.xls、.xlsb、.ods，或设有密码）", "请另存为不带密码的.xlsx或CSV（UTF-8）"
    ),
    "packed_twice": FaultWords("压缩包中还有压缩包", "请先解压，再上传表格或只含表格的压缩包"),
    "several_sheets": FaultWords("工作簿中有多个工作表，尚未选择", "请选择其中一个"),
    "too_many_columns": FaultWords("列数过多", "请减少列数"),
    "unknown_column": FaultWords("没有此名称的字段", "请核对字段名称"),
    "unknown_kind": FaultWords("不支持此类数据文件", "请提供Parquet或CSV（UTF-8）"),
    "unnamed_column": FaultWords("该列没有名称", "请填写列名"),
    "unpacks_too_large": FaultWords("解压后过大", "请自行解压；如确为表格，再上传"),
}
_MAPPINGS = {
    "dict_type": FaultWords("此处应为成对的原文和目标"),
    "greater_than_equal": FaultWords("数值过小", "请核对允许的范围"),
    "int_parsing": FaultWords("此处应为整数"),
    "join_path": FaultWords("关联表格须与主表在同一文件夹或其下级文件夹"),
    "joined_table_missing": FaultWords("主表旁没有此关联表格", "请核对文件名"),
    "less_than_equal": FaultWords("数值过大", "请核对允许的范围"),
    "list_type": FaultWords("此处应为列表"),
    "literal_error": FaultWords("不是可用的选项", "请核对映射文件的说明"),
    "not_found": FaultWords("映射文件无法打开", _AGAIN),
    "too_short": FaultWords("此处不能为空", "请填写"),
    "unmapped_column": FaultWords(
        "映射未说明如何处理该列", '请指定其字段，或列于`ignore`；`ignore: "*"`表示其余各列'
    ),
    "unused_entry": FaultWords("该项不对应任何已映射的列或字段", "请核对名称，或删除该项"),
    "yaml_unreadable": FaultWords("不是有效的UTF-8 YAML", "请检查缩进、冒号和引号"),
}
_ANEW = "如需重新开始，请删除该文件夹"
_FOLDER = "请另选一个新文件夹"
_RUNS = {
    "anchors_invalid": FaultWords("筛查日期有误", "请核对判定日期与计划开始日期"),
    "batch_failed": FaultWords("该批次未能完成", "请重试；如仍失败，请告知系统管理员"),
    "cannot_write": FaultWords("结果无法写入", "请联系系统管理员检查磁盘，然后选择继续"),
    "criteria_invalid": FaultWords("标准文件有误", "请联系系统管理员"),
    "engine_fault": FaultWords("规则引擎出现异常，未作出判定", "请告知系统管理员"),
    "error": FaultWords("操作未能完成", "请告知系统管理员"),
    "mapping_invalid": FaultWords("列映射无法使用", "请更正后重试"),
    "output_exists": FaultWords("结果文件夹不为空", _FOLDER),
    "output_is_a_file": FaultWords("结果文件夹的位置是一个文件", _FOLDER),
    "output_is_a_link": FaultWords(
        "结果文件夹的位置是一个链接", "请指定链接所指的文件夹，或另选一个"
    ),
    "output_is_here": FaultWords("结果文件夹是当前文件夹", "请在其中另建一个文件夹"),
    "output_is_mounted": FaultWords("结果文件夹是磁盘挂载点", "请在其中另建一个文件夹"),
    "record_invalid": FaultWords("病历无法读取", "请更正后重试"),
    "rows_lost": FaultWords("结果行数与读取行数不符，未给出任何结果", "这是程序错误，请报告"),
    "run_changed": FaultWords("未完成的批次与本次要求不一致", f"请按原要求继续；{_ANEW}"),
    "run_damaged": FaultWords("未完成的批次无法继续：其文件已损坏或版本不同", _ANEW),
    "run_elsewhere": FaultWords(
        "未完成的批次由单机开始，不能在集群上继续", f"请在单机上继续；{_ANEW}"
    ),
    "run_is_busy": FaultWords("另一批次正在写入同一结果", "请等待其结束"),
    "run_unfinished": FaultWords("此前的批次未完成即停止", f"可选择继续；{_ANEW}"),
    "table_changed": FaultWords("筛查过程中表格被改动", "请使用无人写入的副本；未给出任何结果"),
    "table_invalid": FaultWords("表格无法读取", "请更正后重新上传"),
    "work_folder_taken": FaultWords("批次的工作位置已被占用", "请移走该文件或文件夹"),
}
FAULTS: dict[str, FaultWords] = _VALUES | _ROWS | _TABLES | _MAPPINGS | _RUNS

TEXTS: tuple[tuple[str, str], ...] = (
    ("in the header, {fault}", "表头：{fault}"),
    ("{fault} (and {number} more)", "{fault}（另有{number}项）"),
    ("not one of the accepted words: {hint}", "不是可用的写法；{hint}"),
    ("not a reason for absence: {hint}", "不是缺失原因的可用写法；{hint}"),
    ("it is key number {number} here; {hint}", "为此处第{number}个键；{hint}"),
    ("it is key number {number} here", "为此处第{number}个键"),
    (
        "leave key number {number} out; a screening_id of your own is all that is needed",
        "请删除第{number}个键；只需自编的筛选号（screening_id）",
    ),
    ("did you mean column {number}?", "是否为第{number}列？"),
    ('did you mean "{word}"?', "是否为“{word}”？"),
    ("use one of: {words}", "可用：{words}"),
    ("name one of its fields, such as {words}", "请指明其中一个字段，如{words}"),
    ('write "{path}" and the field', "请写作“{path}”加字段名"),
    ("choose one (sheet, --sheet): {words}", "请选择其中一个：{words}"),
    ("it has: {words}", "现有：{words}"),
    ("the same screening id stands on line {line}", "筛选号与第{line}行重复"),
    ("the value lies outside {low} to {high}", "数值不在{low}至{high}的范围内"),
    ("the cell is longer than {most} characters", "单元格超过{most}个字符"),
    ("the row is longer than {most} characters", "该行超过{most}个字符"),
    ("the line is longer than {most} bytes", "该行超过{most}字节"),
    ("the document is larger than {most} bytes", "文件超过{most}字节"),
    ("a mapping has at most {most} bytes", "映射文件不得超过{most}字节"),
    ("at most {most} items are kept here", "此处最多{most}项"),
    ("the table has more than {most} columns", "表格超过{most}列"),
    ("{number} more faults are not listed", "另有{number}个问题未列出"),
    (
        "the archive holds {number} files, and a table is one file",
        "压缩包中有{number}个文件，而表格应为一个文件",
    ),
    ("this column has the same name as column {number}", "该列与第{number}列同名"),
    ('this column and "{name}" name the same field', "该列与“{name}”对应同一字段"),
    (
        "the workbook has {number} sheets with content, and none was chosen",
        "工作簿中有{number}个有内容的工作表，尚未选择",
    ),
    ("the file unpacks to more than {most} times its size", "解压后超过原大小的{most}倍"),
    ("the file unpacks to more than {most} GiB", "解压后超过{most} GiB"),
    ("{read} rows were read, but {written} came out", "读取{read}行，但只得到{written}行"),
    ("day offsets lie within {most} days of day 0", "第几天须在第0天前后{most}天之内"),
    ("years lie between {first} and {last}", "年份须在{first}至{last}之间"),
    ("there is no such month", "没有此月份"),
    ("that month has no such day", "该月没有此日"),
    (
        'a whole date is needed here: write it as "2024-05-17" or "day 120"',
        "此处需要完整日期：请写作“2024-05-17”或“day 120”",
    ),
    (
        "a range needs both ends as calendar dates or both as day offsets",
        "日期范围的起止须采用同一种写法",
    ),
    ("a range must not end before it starts", "日期范围的终点早于起点"),
)
"""Texts with parts, which Chinese keeps, and those that say more than their code does; the first that fits."""
