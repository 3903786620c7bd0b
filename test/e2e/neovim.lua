-- The language server in Neovim, as a user has it:
--   nvim --headless -n -u NONE -i NONE -c 'luafile test/e2e/neovim.lua'
-- REVSAFE_COMMAND (words separated by newlines) starts the server, REVSAFE_FILE is samples/drivers/dice_module.c in a folder of its own.
-- Says what Neovim shows; the last line is OK.
-- snippet: configuration that works since Neovim 0.7
local function start(command, file)
  return vim.lsp.start_client({ name = 'revsafe', cmd = command, root_dir = vim.fn.fnamemodify(file, ':h') })
end
-- end

local function say(text) io.stdout:write(text .. '\n') end
local function check(ok, what) if not ok then error(what, 2) end end
local function eventually(what, look) check(vim.wait(60000, look, 20), 'not within 60 s: ' .. what) end

local function play()
  local file = os.getenv('REVSAFE_FILE')
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].filetype = 'c'
  local id = start(vim.split(os.getenv('REVSAFE_COMMAND'), '\n'), file)
  check(id, 'the server does not start')
  vim.lsp.buf_attach_client(buffer, id)
  local client = vim.lsp.get_client_by_id(id)

  local found = function()
    return vim.tbl_filter(function(one) return one.code == 'missing-fops-owner' end, vim.diagnostic.get(buffer))[1]
  end
  eventually('a diagnostic', found)
  local diagnostic = found()
  say(string.format('diagnostic %d:%d-%d %s [%s]', diagnostic.lnum + 1, diagnostic.col + 1, diagnostic.end_col + 1, diagnostic.message:match('[^\n]*'), diagnostic.code))
  check(diagnostic.lnum == 37 and diagnostic.severity == vim.diagnostic.severity.WARN, vim.inspect(diagnostic))

  local place = { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = 66, character = 3 } }
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:match('^\tmisc_deregister%(') then place.position.line = number - 1 end
  end
  local hover = client.request_sync('textDocument/hover', place, 60000, buffer).result
  check(hover, 'no hover')
  local first = vim.lsp.util.convert_input_to_markdown_lines(hover.contents)[1]
  say('hover ' .. first)
  check(first:match('misc_deregister') or first:match('[Ss]afe') or first:match('[Vv]ulnerable'), first)

  local range = { start = { line = diagnostic.lnum, character = diagnostic.col }, ['end'] = { line = diagnostic.end_lnum, character = diagnostic.end_col } }
  local actions = client.request_sync('textDocument/codeAction', {
    textDocument = place.textDocument,
    range = range,
    context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer, diagnostic.lnum), only = { 'quickfix' } },
  }, 60000, buffer).result
  local action = vim.tbl_filter(function(one) return one.title == 'Set the owner of the operations' end, actions)[1]
  check(action, vim.inspect(actions))
  say('action ' .. action.title)
  if not action.edit then action = client.request_sync('codeAction/resolve', action, 60000, buffer).result end
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  local line = vim.api.nvim_buf_get_lines(buffer, 38, 39, false)[1]
  say('line 39 ' .. vim.trim(line))
  check(line == '\t.owner = THIS_MODULE,', line)
  eventually('no diagnostic', function() return not found() end)
  vim.cmd('write')
  vim.lsp.stop_client(id)
  eventually('the server ends', function() return client.is_stopped() end)
end

local ok, problem = xpcall(play, debug.traceback)
if ok then
  say('OK')
  vim.cmd('qall!')
else
  say('FAIL ' .. problem)
  vim.cmd('cquit 1')
end
