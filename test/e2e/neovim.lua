-- The language server in Neovim, with the configuration of docs/editors.md; `npm run e2e` runs it:
--   nvim --headless -n -u NONE -i NONE -c 'luafile test/e2e/neovim.lua'
-- REVSAFE_CONFIGURATION is the configuration, REVSAFE_FILE samples/drivers/dice_module.c in a folder of its own; `revsafe` is on the path.
-- Says what Neovim shows; the last line is OK.

local function say(text) io.stdout:write(text .. '\n') end
local function check(ok, what) if not ok then error(what, 2) end end
local function eventually(what, look) check(vim.wait(60000, look, 20), 'not within 60 s: ' .. what) end

local function play()
  local file = os.getenv('REVSAFE_FILE')
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buffer = vim.api.nvim_get_current_buf()
  vim.cmd('luafile ' .. vim.fn.fnameescape(os.getenv('REVSAFE_CONFIGURATION')))
  vim.bo[buffer].filetype = 'c'
  eventually('the server is attached', function() return #vim.lsp.get_active_clients() == 1 and vim.lsp.buf_is_attached(buffer, vim.lsp.get_active_clients()[1].id) end)
  local client = vim.lsp.get_active_clients()[1]

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
  vim.lsp.stop_client(client.id)
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
